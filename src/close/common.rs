//! Keys that mean the same in many Close types, and are asked for whatever the type: also of types
//! whose records go to the archive whole, and that have no table of keys. It must not hold keys of one
//! type only.

macro_rules! common {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// See the module's head.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Common { $($(#[$doc])* $name,)* }

        impl Common {
            /// All of them, in order.
            pub const ALL: &'static [Common] = &[$(Common::$name,)*];

            /// The key as Close writes it.
            pub const fn key(self) -> &'static str {
                match self { $(Common::$name => $word,)* }
            }
        }
    };
}

common! {
    /// The object's id.
    Id = "id",
    /// Its lead.
    LeadId = "lead_id",
    /// Its contact.
    ContactId = "contact_id",
    /// Who did it.
    UserId = "user_id",
    /// Their name.
    UserName = "user_name",
    /// Who made the object.
    CreatedBy = "created_by",
    /// Their name.
    CreatedByName = "created_by_name",
    /// Who changed it last.
    UpdatedBy = "updated_by",
    /// Their name.
    UpdatedByName = "updated_by_name",
    /// When it was made.
    DateCreated = "date_created",
    /// The same, of comments and their threads.
    CreatedAt = "created_at",
    /// When it was changed last.
    DateUpdated = "date_updated",
    /// The same, of comments and their threads.
    UpdatedAt = "updated_at",
    /// When an activity took place.
    ActivityAt = "activity_at",
    /// The object it is about.
    ObjectId = "object_id",
    /// The sort of that object.
    ObjectType = "object_type",
    /// The to-do it is about.
    TaskId = "task_id",
    /// Of a merge: the lead that is gone.
    SourceLeadId = "source_lead_id",
    /// Of a merge: the lead that took its place.
    DestinationLeadId = "destination_lead_id",
    /// The type of a custom activity.
    CustomActivityType = "custom_activity_type_id",
    /// The type of a custom object.
    CustomObjectType = "custom_object_type_id",
}
