//! Live updates: every open page hears within a moment which of its goals changed (server-sent events).
//!
//! `GET /live` tells of every goal of the organisation that the person may see, `GET /live?goals=id,id` only of these. Events:
//! `goals` with `{"goals": […], "tree": true}` (`tree` where lists of goals are no longer as they were: goals were made, moved or
//! deleted), and `reset` where more changed than can be said or is known: load everything again. Ids of
//! events are understood again after a broken connection (`Last-Event-ID`, or the parameter `last-event-id`).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use northing_app::live::{Change, Event};
use northing_app::{Actor, Northing};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use serde::Deserialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::extract::{Query, Signed};
use crate::failure::Failure;
use crate::state::AppState;

/// Events that are remembered for pages whose connection broke.
const REMEMBERED: usize = 512;
/// Pages that one person may have open.
const PER_PERSON: u32 = 40;
/// Pages that may be open in all.
const IN_ALL: u32 = 5_000;
/// How long changes that come together are collected.
const TOGETHER: Duration = Duration::from_millis(30);
/// A connection's life; the page then opens it again, and whoever was signed out in the meantime no longer can.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// The goals that a page may ask for.
const MOST_GOALS: usize = 1_000;

/// Numbered events as they come.
type Receiver = broadcast::Receiver<(u64, Arc<Event>)>;

/// Where changes come in and go out to all open pages of this process.
#[derive(Clone, Default)]
pub(crate) struct Hub {
    inner: Arc<OnceLock<Arc<Inner>>>,
    /// Becomes true when the process is to stop: every page's stream ends then.
    ending: watch::Sender<bool>,
}

struct Inner {
    /// Tells this process's events from those of another or an earlier one.
    boot: Id,
    past: Mutex<Past>,
    sender: broadcast::Sender<(u64, Arc<Event>)>,
    open: Mutex<HashMap<Id, u32>>,
}

#[derive(Default)]
struct Past {
    next: u64,
    events: VecDeque<(u64, Arc<Event>)>,
}

impl Hub {
    /// Ends the streams of all open pages, so that none holds the process up.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// The hub at work: it begins to listen when the first page opens.
    fn started(&self, app: &Northing) -> Arc<Inner> {
        let start = || {
            let (sender, _) = broadcast::channel(256);
            let inner = Arc::new(Inner {
                boot: app.new_id(),
                past: Mutex::default(),
                sender,
                open: Mutex::default(),
            });
            tokio::spawn(listen(app.changes(), Arc::clone(&inner)));
            inner
        };
        Arc::clone(self.inner.get_or_init(start))
    }
}

async fn listen(mut changes: broadcast::Receiver<Event>, hub: Arc<Inner>) {
    loop {
        match changes.recv().await {
            Ok(event) => hub.tell(event),
            Err(RecvError::Lagged(_)) => {
                hub.tell(Event { org_id: None, goal_ids: Vec::new(), change: Change::Everything });
            }
            Err(RecvError::Closed) => return,
        }
    }
}

impl Inner {
    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: Event) {
        let mut past = self.past();
        past.next += 1;
        let entry = (past.next, Arc::new(event));
        past.events.push_back(entry.clone());
        if past.events.len() > REMEMBERED {
            past.events.pop_front();
        }
        // Nobody has a page open: fine. Sent under the lock, so that nobody misses one between past and future.
        let _none = self.sender.send(entry);
    }

    /// What came after an event, and what will come; none where the event is no longer known.
    fn since(&self, last: Option<&str>) -> (Option<Vec<Arc<Event>>>, u64, Receiver) {
        let past = self.past();
        let receiver = self.sender.subscribe();
        let Some(last) = last else { return (Some(Vec::new()), past.next, receiver) };
        let known = last.split_once('.').filter(|(boot, _)| *boot == self.boot.to_string());
        let number = known.and_then(|(_, number)| number.parse::<u64>().ok()).filter(|n| *n <= past.next);
        let oldest = past.events.front().map_or(past.next + 1, |(number, _)| *number);
        let missed = number.filter(|number| number + 1 >= oldest).map(|number| {
            past.events.iter().filter(|(at, _)| *at > number).map(|(_, event)| Arc::clone(event)).collect()
        });
        (missed, past.next, receiver)
    }

    fn enter(self: &Arc<Self>, person: Id) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: u32 = open.values().sum();
        let own = open.entry(person).or_default();
        if all >= IN_ALL || *own >= PER_PERSON {
            return None;
        }
        *own += 1;
        Some(Place { hub: Arc::clone(self), person })
    }
}

/// An open page among the pages that are open.
struct Place {
    hub: Arc<Inner>,
    person: Id,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.hub.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}

/// What a page wants to hear of.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Ids with commas between; none: everything.
    goals: Option<String>,
    /// The last event that was received.
    #[serde(rename = "last-event-id")]
    last: Option<String>,
}

/// `GET /live`.
pub(crate) async fn live(
    State(state): State<AppState>,
    signed: Signed,
    headers: HeaderMap,
    Query(wish): Query<Wish>,
) -> Result<Response, Failure> {
    let goals = wish.goals.as_deref().map(read_goals).transpose()?;
    let hub = state.site.live.started(&state.app);
    let place = hub.enter(signed.actor.user_id).ok_or(Failure::Http(
        StatusCode::SERVICE_UNAVAILABLE,
        "Too many pages are open: this one does not update by itself.",
    ))?;
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let last = header.or(wish.last).filter(|last| !last.is_empty());
    let (missed, at, receiver) = hub.since(last.as_deref());
    let mut page = Page {
        app: state.app.clone(),
        actor: signed.actor,
        goals,
        receiver,
        ending: state.site.live.ending.subscribe(),
        at,
        waiting: BTreeSet::new(),
        moved: BTreeSet::new(),
        reset: missed.is_none(),
        until: Instant::now() + LIFE,
        greeted: false,
        place,
    };
    for event in missed.iter().flatten() {
        page.take(event);
    }
    let events = stream::unfold(page, |mut page| async move {
        page.next().await.map(|sent| (Ok::<_, Infallible>(sent), page))
    });
    let mut answer =
        Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // A proxy that collects the answer before it passes it on would hold updates back.
    answer.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(answer)
}

fn read_goals(text: &str) -> Result<BTreeSet<Id>, Failure> {
    let ids: Result<BTreeSet<Id>, _> = text.split(',').filter(|id| !id.is_empty()).map(str::parse).collect();
    match ids {
        Ok(ids) if ids.len() <= MOST_GOALS => Ok(ids),
        Ok(_) => Err(FieldError::new("goals", "too_many", "must be at most 1,000 ids").into()),
        Err(_) => Err(FieldError::new("goals", "invalid", "must be ids with commas between").into()),
    }
}

/// An open page.
struct Page {
    app: Northing,
    actor: Actor,
    goals: Option<BTreeSet<Id>>,
    receiver: Receiver,
    ending: watch::Receiver<bool>,
    at: u64,
    waiting: BTreeSet<Id>,
    /// Those of the waiting that lists show elsewhere now, or no longer.
    moved: BTreeSet<Id>,
    reset: bool,
    until: Instant,
    greeted: bool,
    place: Place,
}

impl Page {
    /// Notes what of an event concerns this page.
    fn take(&mut self, event: &Event) {
        if event.org_id.is_some_and(|org| org != self.actor.org_id) {
            return;
        }
        self.reset |= event.change == Change::Everything;
        let wanted = |id: &&Id| self.goals.as_ref().is_none_or(|goals| goals.contains(id));
        self.waiting.extend(event.goal_ids.iter().filter(wanted));
        if event.change.is_structural() {
            self.moved.extend(event.goal_ids.iter().filter(wanted));
        }
    }

    fn id(&self) -> String {
        format!("{}.{}", self.place.hub.boot, self.at)
    }

    /// The next event to be sent; none at the end of the connection's life, or of the process.
    async fn next(&mut self) -> Option<Sent> {
        if !self.greeted {
            // The page learns at once where it stands, so that it misses nothing if the connection breaks before any event.
            self.greeted = true;
            return Some(Sent::default().event("hello").id(self.id()).data("{}"));
        }
        loop {
            if self.reset {
                self.reset = false;
                self.waiting.clear();
                self.moved.clear();
                return Some(Sent::default().event("reset").id(self.id()).data("{}"));
            }
            if !self.waiting.is_empty() {
                self.collect().await;
                if self.reset {
                    continue;
                }
                if let Some(sent) = self.send().await {
                    return Some(sent);
                }
            }
            let heard = tokio::select! {
                heard = tokio::time::timeout_at(self.until, self.receiver.recv()) => heard,
                _ = self.ending.wait_for(|ending| *ending) => return None,
            };
            match heard {
                Err(_) | Ok(Err(RecvError::Closed)) => return None,
                Ok(heard) => self.hear(heard),
            }
        }
    }

    fn hear(&mut self, heard: Result<(u64, Arc<Event>), RecvError>) {
        match heard {
            Ok((number, event)) => {
                self.at = number;
                self.take(&event);
            }
            Err(_) => self.reset = true,
        }
    }

    /// Takes what comes at once: one check-in moves many goals, and many people check in on Mondays.
    async fn collect(&mut self) {
        let end = Instant::now() + TOGETHER;
        while let Ok(heard) = tokio::time::timeout_at(end, self.receiver.recv()).await {
            if matches!(heard, Err(RecvError::Closed)) {
                return;
            }
            self.hear(heard);
        }
    }

    async fn send(&mut self) -> Option<Sent> {
        let goals: Vec<Id> = std::mem::take(&mut self.waiting).into_iter().collect();
        let moved = std::mem::take(&mut self.moved);
        match self.app.visible_goals(&self.actor, &goals).await {
            Ok(visible) if visible.is_empty() => None,
            Ok(visible) => {
                let tree = visible.iter().any(|id| moved.contains(id));
                let data = serde_json::json!({ "goals": visible, "tree": tree }).to_string();
                Some(Sent::default().event("goals").id(self.id()).data(data))
            }
            Err(error) => {
                tracing::warn!(%error, "live updates could not be looked up");
                Some(Sent::default().event("reset").id(self.id()).data("{}"))
            }
        }
    }
}
