//! Pass 2: pure functions from the plan and one record to rows, archive lines and events. No I/O, no
//! clock, no decision that the plan could have made. One file per target.

mod activity;
mod attachment;
mod company;
mod copies;
mod custom;
mod custom_type;
mod dispatch;
mod email;
mod family;
mod keep;
mod meeting;
mod messages;
mod note;
mod opportunity;
mod output;
mod parts;
mod person;
mod route;
mod rows;
mod spot;
mod task;
mod work;

pub use attachment::{Reference, Targets};
pub use copies::gathered;
pub use dispatch::chunk;
pub use output::{Output, Row, Rows, Spares, Spilled};
pub use rows::encode;
pub use spot::{Pick, shown};
