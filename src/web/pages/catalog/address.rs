//! What the catalog's address asks for: the filter, and how what is found is shown.

use leptos_router::params::ParamsMap;

use crate::model::{CatalogFilter, CatalogSort, Facet};

/// How entries are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Cards,
    Table,
}

impl Look {
    /// The one spelling: address and field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cards => "",
            Self::Table => "table",
        }
    }

    /// The words the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cards => "Cards",
            Self::Table => "Table",
        }
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub filter: CatalogFilter,
    pub look: Look,
}

impl Asked {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get_str(name).unwrap_or_default().trim();
        let mut filter = CatalogFilter {
            // As it was typed: the box shows it while somebody types on.
            q: query.get("q").unwrap_or_default(),
            sort: CatalogSort::parse(text("sort")),
            page: text("page").parse().unwrap_or_default(),
            ..CatalogFilter::default()
        };
        for facet in Facet::ALL {
            let mut values = query.get_all(facet.as_str()).unwrap_or_default();
            values.retain(|value| !value.is_empty());
            values.sort();
            values.dedup();
            *filter.chosen_mut(facet) = values;
        }
        let look = if text("view") == Look::Table.as_str() { Look::Table } else { Look::Cards };
        Self { filter, look }
    }

    /// The address at `base` that asks for it.
    pub fn href(&self, base: &str) -> String {
        let page = self.filter.page.to_string();
        let page = if self.filter.page > 1 { page.as_str() } else { "" };
        let facets = Facet::ALL
            .into_iter()
            .flat_map(|facet| self.filter.chosen(facet).iter().map(move |value| (facet.as_str(), value.as_str())));
        let fields = [("q", self.filter.q.as_str())].into_iter().chain(facets);
        let fields = fields.chain([("sort", self.filter.sort.as_str()), ("view", self.look.as_str()), ("page", page)]);
        let fields: Vec<_> = fields.filter(|(_, value)| !value.trim().is_empty()).collect();
        // Names and texts can always be written.
        let query = serde_urlencoded::to_string(fields).unwrap_or_default();
        if query.is_empty() { base.to_owned() } else { format!("{base}?{query}") }
    }

    /// The same with a change, from its first page.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = self.clone();
        asked.filter.page = 0;
        change(&mut asked);
        asked
    }

    /// Everything, shown in the same way.
    #[must_use]
    pub fn everything(&self) -> Self {
        Self { look: self.look, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let query = [
            ("q", "redis chart"),
            ("category", "web"),
            ("category", "data"),
            ("category", "web"),
            ("kind", ""),
            ("platform", "linux/amd64"),
            ("sort", "name"),
            ("view", "table"),
            ("page", "2"),
            ("other", "x"),
        ];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let asked = Asked::of(&query);
        let address = "/c?q=redis+chart&category=data&category=web&platform=linux%2Famd64&sort=name&view=table";
        assert_eq!(asked.href("/c"), format!("{address}&page=2"));
        assert_eq!(asked.with(|_| ()).href("/c"), address, "another choice begins at the first page");
        assert_eq!(asked.everything().href("/c"), "/c?view=table");
        assert_eq!(Asked::default().href("/c"), "/c");
        let broken: ParamsMap = [("page", "-1"), ("sort", "x"), ("view", "x")].into_iter().collect();
        assert_eq!(Asked::of(&broken), Asked::default());
    }
}
