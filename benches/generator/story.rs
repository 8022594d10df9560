//! One lead's facts, decided before anything is written: who, which deals, which to-dos, when.
//!
//! Nested records refer to each other by id, so ids are drawn here and the writers only read them.

use super::calendar::{Calendar, Moment};
use super::chance::{Chance, Stream};
use super::organization::{ACTIVE_USERS, Field, FieldValue, Organization, Owner, Stage, User};
use super::party::{Company, Person};
use super::prose::Prose;

/// A day in seconds.
pub const DAY: u64 = 86_400;

/// Leads begin between day 300 and day 2600 of the calendar, and live for at most 900 days.
const FIRST_DAY: u64 = 300;
const LAST_DAY: u64 = 2_600;
const LIFE: u64 = 900;

/// All that leads share, made once.
pub struct World {
    /// Names this world.
    pub seed: u64,
    /// What records refer to.
    pub organization: Organization,
    /// What bodies are made of.
    pub prose: Prose,
    /// How moments are spelt.
    pub calendar: Calendar,
}

impl World {
    /// The world of `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            organization: Organization::new(),
            prose: Prose::new(seed),
            calendar: Calendar::new(),
        }
    }
}

/// A contact with its id.
pub struct Contact {
    pub id: String,
    pub person: Person,
    pub created: Moment,
}

/// An opportunity, as far as other records need it.
pub struct Deal<'a> {
    pub id: String,
    pub stage: &'a Stage,
    pub contact: Option<String>,
    pub owner: usize,
    /// Cents; rarely unknown.
    pub value: Option<u64>,
    pub period: &'static str,
    pub confidence: u64,
    pub created: Moment,
    pub closed: Moment,
}

/// A to-do, as far as `TaskCompleted` needs it.
pub struct Todo {
    pub id: String,
    pub text: Vec<u16>,
    pub owner: usize,
    pub created: Moment,
    /// When it was done, and the id of the activity that tells so.
    pub done: Option<(Moment, String)>,
}

/// The lead.
pub struct Story<'a> {
    pub world: &'a World,
    pub id: String,
    pub company: Company,
    pub contacts: Vec<Contact>,
    pub deals: Vec<Deal<'a>>,
    pub todos: Vec<Todo>,
    pub owner: usize,
    pub created: Moment,
    pub updated: Moment,
}

impl<'a> Story<'a> {
    /// Decides lead `number`; returns the rest of its stream for the writers.
    pub fn new(world: &'a World, number: u64) -> (Self, Chance) {
        let mut chance = Chance::new(world.seed, Stream::Story, number);
        let company = Company::of_lead(world.seed, number);
        let created = chance.between(FIRST_DAY * DAY, LAST_DAY * DAY);
        let mut story = Self {
            world,
            id: chance.id("lead_"),
            company,
            contacts: Vec::new(),
            deals: Vec::new(),
            todos: Vec::new(),
            owner: chance.index(world.organization.users.len()),
            created,
            updated: created + chance.between(0, LIFE * DAY),
        };
        story.meet(number, &mut chance);
        story.trade(&mut chance);
        story.plan(&mut chance);
        (story, chance)
    }

    fn meet(&mut self, number: u64, chance: &mut Chance) {
        let count = if self.company.private {
            1
        } else {
            match chance.weighted(&[7, 41, 27, 14, 7, 3, 1]) {
                6 => chance.between(8, 20),
                count => count as u64,
            }
        };
        for index in 0..count {
            let person = Person::of_lead(self.world.seed, number, index, &self.company);
            self.contacts.push(Contact {
                id: chance.id("cont_"),
                person,
                created: self.created + chance.below(40 * DAY),
            });
        }
    }

    fn trade(&mut self, chance: &mut Chance) {
        for _ in 0..chance.weighted(&[50, 29, 14, 5, 2]) {
            let stages = &self.world.organization.stages;
            let Some(stage) = stages.get(chance.index(stages.len())) else { continue };
            let created = self.moment(chance);
            self.deals.push(Deal {
                id: chance.id("oppo_"),
                stage,
                contact: self.someone(chance),
                owner: self.colleague(chance),
                value: (!chance.percent(4)).then(|| chance.between(1, 4_000) * 1_250),
                period: chance.pick(&["one_time", "one_time", "monthly", "annual"]),
                confidence: chance.between(0, 20) * 5,
                created,
                closed: created + chance.between(1, 200 * DAY),
            });
        }
    }

    fn plan(&mut self, chance: &mut Chance) {
        for _ in 0..chance.weighted(&[35, 32, 18, 9, 4, 2]) {
            let created = self.moment(chance);
            let done = chance
                .percent(30)
                .then(|| (created + chance.between(600, 30 * DAY), chance.id("acti_")));
            self.todos.push(Todo {
                id: chance.id("task_"),
                text: Prose::choose(chance, 1),
                owner: self.colleague(chance),
                created,
                done,
            });
        }
    }

    /// Some moment of the lead's life.
    pub fn moment(&self, chance: &mut Chance) -> Moment {
        chance.between(self.created, self.updated)
    }

    /// The lead's owner mostly, else anybody.
    pub fn colleague(&self, chance: &mut Chance) -> usize {
        if chance.percent(75) { self.owner } else { chance.index(ACTIVE_USERS) }
    }

    /// The user behind an index.
    pub fn user(&self, index: usize) -> Option<&'a User> {
        self.world.organization.users.get(index)
    }

    /// Id of one of the contacts, of nobody, or rarely of a contact deleted since (§4).
    pub fn someone(&self, chance: &mut Chance) -> Option<String> {
        match chance.below(100) {
            0..=1 => Some(chance.id("cont_")),
            2..=20 => None,
            _ => self.contacts.get(chance.index(self.contacts.len())).map(|who| who.id.clone()),
        }
    }

    /// Values for the fields of one object, each present in `percent` of the cases.
    pub fn custom(
        &self,
        owner: Owner,
        percent: u64,
        chance: &mut Chance,
    ) -> Vec<(&'a Field, FieldValue)> {
        let fields = self.world.organization.fields_of(owner);
        let mut values = Vec::with_capacity(24);
        for field in fields {
            if chance.percent(percent)
                && let Some(value) = self.custom_value(field, chance)
            {
                values.push((field, value));
            }
        }
        values
    }

    fn custom_value(&self, field: &Field, chance: &mut Chance) -> Option<FieldValue> {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        if field.multiple {
            let count = chance.between(1, 3);
            let mut several: Vec<String> = (0..count)
                .map(|_| match field.kind {
                    "user" => self.user_id(chance),
                    _ => chance.pick(field.choices).to_owned(),
                })
                .collect();
            several.dedup();
            return Some(FieldValue::Several(several));
        }
        let calendar = &self.world.calendar;
        match field.kind {
            "number" if chance.percent(30) => Some(FieldValue::Number(format!(
                "{}.{}",
                chance.below(90_000),
                chance.below(98) + 1
            ))),
            "number" => Some(FieldValue::Number(chance.below(90_000).to_string())),
            // A choice removed from the definition stays in old values.
            "choices" if chance.percent(1) => text("Removed choice"),
            "choices" => text(chance.pick(field.choices)),
            "date" => text(calendar.date(self.moment(chance))),
            "datetime" => Some(FieldValue::Text(calendar.whole(self.moment(chance)).text())),
            "user" => Some(FieldValue::Text(self.user_id(chance))),
            "contact" => self.contacts.first().map(|who| FieldValue::Text(who.id.clone())),
            "textarea" => text("1. Preise\n2. Laufzeit\n\n\t– \"später\""),
            "hidden" => Some(FieldValue::Text(format!("ERP-{:07}", chance.below(9_999_999)))),
            _ => text(chance.pick(&[
                "Excel",
                "HRB 12345",
                "DE000000000",
                "n/a",
                "Eigenentwicklung, läuft seit 2009",
                "a \"legacy\" system",
                "=1+1",
                "  padded ",
            ])),
        }
    }

    fn user_id(&self, chance: &mut Chance) -> String {
        let index = self.colleague(chance);
        self.user(index).map(|user| user.named.id.clone()).unwrap_or_default()
    }
}
