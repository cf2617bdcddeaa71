//! Filters as they are typed: fields of text that stand in an address by their names.

/// A filter of such fields; those that are empty are left out of an address.
pub trait TypedFilter: Clone + Default {
    /// Every field by its name in the address.
    fn fields(&self) -> Vec<(&'static str, &str)>;

    /// The field of this name.
    fn field(&mut self, name: &str) -> Option<&mut String>;

    /// The filter whose fields have these values.
    fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let mut filter = Self::default();
        for (name, _) in Self::default().fields() {
            if let Some((field, text)) = filter.field(name).zip(value(name)) {
                text.trim().clone_into(field);
            }
        }
        filter
    }

    /// The same without this field.
    #[must_use]
    fn without(&self, name: &str) -> Self {
        let mut rest = self.clone();
        if let Some(field) = rest.field(name) {
            field.clear();
        }
        rest
    }

    /// Everything is asked for.
    fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.trim().is_empty())
    }

    /// The query of an address; empty where everything is asked for.
    fn query(&self) -> String {
        let said = self.fields().into_iter().map(|(name, value)| (name, value.trim()));
        let said: Vec<_> = said.filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(said).unwrap_or_default()
    }
}
