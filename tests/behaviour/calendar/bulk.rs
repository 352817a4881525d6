//! Many events at once.

use super::Fixture;
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn many_events_are_changed_moved_and_deleted() {
    let fixture = Fixture::start().await;
    let second = json!({"action": "create", "display_name": unique("Second")});
    let second = fixture.manage(second).await["calendar"]["name"].clone();
    let word = unique("bulk");
    for day in 1..=3 {
        let start = format!("2031-09-0{day}T10:00Z");
        fixture
            .event(json!({"title": format!("{word} {day}"), "start_datetime": start}))
            .await;
    }
    let series = json!({
        "title": format!("{word} series"), "start_datetime": "2031-09-10T10:00Z", "recurrence_rule": "FREQ=DAILY;COUNT=3",
    });
    fixture.event(series).await;
    let bulk = |more: Value| {
        let mut arguments = json!({
            "title_contains": word, "calendar_name": fixture.calendar,
            "start_date": "2031-09-01", "end_date": "2031-09-30",
        });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let changed = fixture
        .call(
            "bulk_operations",
            bulk(json!({"operation": "update", "new_location": "Everywhere"})),
        )
        .await;
    assert_eq!(
        (
            changed["total_found"].as_u64(),
            changed["changed"].as_array().map(Vec::len)
        ),
        (Some(4), Some(3))
    );
    assert_eq!(changed["skipped_series"].as_array().unwrap().len(), 1);
    let moved = bulk(json!({"operation": "move", "target_calendar": second, "title_contains": format!("{word} 1")}));
    let moved = fixture.call("bulk_operations", moved).await;
    assert_eq!(moved["changed"].as_array().unwrap().len(), 1, "{moved}");
    let there = json!({"calendar_name": second, "start_date": "2031-09-01", "end_date": "2031-09-30"});
    let there = fixture.call("list_events", there).await;
    assert_eq!(there["events"][0]["location"], "Everywhere");
    let all = json!({"operation": "delete", "apply_to_series": true});
    let deleted = fixture.call("bulk_operations", bulk(all)).await;
    assert_eq!(deleted["changed"].as_array().unwrap().len(), 3, "{deleted}");
    assert!(fixture.september().await.is_empty());

    let error = fixture.error("bulk_operations", json!({"operation": "delete"})).await;
    assert!(error.contains("which events"), "{error}");
    fixture
        .manage(json!({"action": "delete_permanently", "calendar_name": second}))
        .await;
    fixture.finish().await;
}
