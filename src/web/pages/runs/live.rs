//! A run that the page follows while it goes on.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::model::{Failure, Item, ItemId, RunDetail, RunSummary, SigningKey};
use crate::web::platform::{self, Subscription};

/// The run as it was last heard of; every part can be watched by itself.
#[derive(Clone, Copy)]
pub struct LiveRun {
    pub run: RwSignal<RunSummary>,
    pub plan_failure: RwSignal<Option<Failure>>,
    check_asked_at: RwSignal<Option<DateTime<Utc>>>,
    /// Keys that count today.
    pub keys: StoredValue<Vec<SigningKey>>,
    items: RwSignal<Items>,
    /// News arrive, or none are expected.
    pub connected: RwSignal<bool>,
}

#[derive(Default)]
struct Items {
    /// By mirror and tag.
    order: Vec<ItemId>,
    by_id: HashMap<ItemId, Arc<Item>>,
}

impl Items {
    fn new(items: Vec<Item>) -> Self {
        let order = items.iter().map(|item| item.id).collect();
        Self { order, by_id: items.into_iter().map(|item| (item.id, Arc::new(item))).collect() }
    }
}

impl LiveRun {
    /// As the page was loaded.
    pub fn new(detail: RunDetail) -> Self {
        Self {
            run: RwSignal::new(detail.run),
            plan_failure: RwSignal::new(detail.plan_failure),
            check_asked_at: RwSignal::new(detail.check_asked_at),
            keys: StoredValue::new(detail.keys),
            items: RwSignal::new(Items::new(detail.items)),
            connected: RwSignal::new(true),
        }
    }

    /// Listens to the events at `url` until the run and its check are over; in the browser only.
    pub fn follow(self, url: String) {
        let over = Memo::new(move |_| !self.is_open());
        Effect::new(move |before: Option<Option<Subscription>>| {
            if over.get() {
                self.connected.set(true);
                return None;
            }
            let listen =
                || platform::listen(&url, "run", move |data| self.hear(&data), move |up| self.connected.set(up));
            Some(before.flatten().unwrap_or_else(listen))
        });
    }

    /// Something may still happen to it by itself.
    pub fn is_open(self) -> bool {
        !self.run.read().state.is_final() || self.is_checking()
    }

    /// A check that was asked for is not over.
    pub fn is_checking(self) -> bool {
        let asked_at = self.check_asked_at.get();
        asked_at.is_some_and(|asked_at| self.items().iter().any(|item| item.awaits_check(asked_at)))
    }

    /// All items, in their order.
    pub fn items(self) -> Vec<Arc<Item>> {
        self.items.with(|items| items.order.iter().filter_map(|id| items.by_id.get(id)).cloned().collect())
    }

    /// One item as it is now.
    pub fn item(self, id: ItemId) -> Option<Arc<Item>> {
        self.items.with(|items| items.by_id.get(&id).cloned())
    }

    fn hear(self, data: &str) {
        match serde_json::from_str::<RunDetail>(data) {
            Ok(detail) => {
                self.connected.set(true);
                self.items.set(Items::new(detail.items));
                self.plan_failure.set(detail.plan_failure);
                self.check_asked_at.set(detail.check_asked_at);
                self.run.set(detail.run);
            }
            // A newer Ferry may say more than this page understands: the page then offers to load itself again.
            Err(error) => {
                leptos::logging::error!("an event of the run could not be read: {error}");
                self.connected.set(false);
            }
        }
    }
}
