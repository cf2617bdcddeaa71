//! Values by day or the like as bars.

use leptos::prelude::*;

/// The field that is drawn on; it is stretched over the width there is.
const WIDTH: u64 = 600;
const HEIGHT: u64 = 96;
/// Between two bars.
const GAP: u64 = 2;
/// Fewer bars than these need no more than a corner of the page.
const FEW: usize = 8;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is of, such as `25 Nov`.
    pub label: String,
    pub value: u64,
    /// The value as people say it.
    pub words: String,
}

impl Bar {
    /// A value with its words.
    pub fn new(label: impl Into<String>, value: u64, words: impl Into<String>) -> Self {
        Self { label: label.into(), value, words: words.into() }
    }
}

/// Where a bar stands, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

/// Bars of equal width, the highest as high as the field; a value that is not nothing is always seen.
fn places(values: &[u64]) -> Vec<Place> {
    let Ok(number) = u64::try_from(values.len()) else { return Vec::new() };
    let most = values.iter().copied().max().unwrap_or_default().max(1);
    let place = |(nth, value): (u64, &u64)| {
        let (x, end) = (nth * WIDTH / number, (nth + 1) * WIDTH / number);
        // In 128 bits: bytes of a month times the height are more than 64 hold.
        let height = u64::try_from(u128::from(*value) * u128::from(HEIGHT) / u128::from(most)).unwrap_or(HEIGHT);
        let height = if *value == 0 { 0 } else { height.max(1) };
        Place { x, y: HEIGHT - height, width: (end - x).saturating_sub(GAP).max(1), height }
    };
    (0..).zip(values).map(place).collect()
}

/// The bars under their title; screen readers get a table.
#[component]
pub fn BarChart(#[prop(into)] title: String, bars: Vec<Bar>) -> impl IntoView {
    let values: Vec<u64> = bars.iter().map(|bar| bar.value).collect();
    let highest = bars.iter().max_by_key(|bar| bar.value).map(|bar| format!("at most {}", bar.words));
    let (first, last) = (bars.first().map(|bar| bar.label.clone()), bars.last().map(|bar| bar.label.clone()));
    let drawn = |place: Place| {
        view! {
            <rect
                class="bar-chart__bar"
                x=place.x.to_string()
                y=place.y.to_string()
                width=place.width.to_string()
                height=place.height.to_string()
            ></rect>
        }
    };
    let row = |bar: Bar| view! { <tr><th scope="row">{bar.label}</th><td>{bar.words}</td></tr> };
    let caption = title.clone();
    // A bar or two as wide as the page say nothing.
    let few = bars.len() < FEW;
    view! {
        <figure class="bar-chart" data-few=few>
            <figcaption class="bar-chart__title"><span>{title}</span><span>{highest}</span></figcaption>
            <svg class="bar-chart__plot" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                {places(&values).into_iter().map(drawn).collect_view()}
            </svg>
            <div class="bar-chart__ends" aria-hidden="true"><span>{first}</span><span>{last}</span></div>
            <div class="visually-hidden">
                <table>
                    <caption>{caption}</caption>
                    <tbody>{bars.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_the_width_and_the_highest_fills_the_height() {
        let found = places(&[0, 50, 100, 1]);
        assert_eq!(found[0], Place { x: 0, y: 96, width: 148, height: 0 });
        assert_eq!(found[1], Place { x: 150, y: 48, width: 148, height: 48 });
        assert_eq!(found[2], Place { x: 300, y: 0, width: 148, height: 96 });
        assert_eq!(found[3].height, 1, "a little is seen");
        assert!(places(&[]).is_empty());
        assert_eq!(places(&[u64::MAX])[0], Place { x: 0, y: 0, width: 598, height: 96 });
    }

    #[test]
    fn more_bars_than_pixels_are_bars_still() {
        assert!(places(&vec![1; 10_000]).iter().all(|place| place.width >= 1 && place.x < WIDTH));
    }
}
