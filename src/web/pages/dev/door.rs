//! The kiosk at the door, in small: the whole screen of a tablet, drawn into a picture.

use super::super::kiosk::{accepted, kiosk_words, refused};
use super::*;
use crate::islands::kiosk::{Answer as ScanAnswer, KioskIdle, KioskResult, KioskWords, Seen};
use crate::kernel::{CrewMemberId, PunchId};
use crate::timeclock::{PunchError, PunchKind, Receipt};

pub(super) fn parts(member: &Member) -> Vec<Part> {
    let (t, lang, now) = (member.words(), member.org.lang(), sample::at(20, (8, 2)));
    let receipt = Receipt {
        punch: PunchId(1),
        crew_member: CrewMemberId(1),
        device: None,
        name: "Karim Benali".to_owned(),
        kind: PunchKind::In,
        at: now,
        minutes_today: 0,
    };
    let screens = [
        picture(t.kiosk_camera_live(), idle(member, String::new())),
        picture(t.kiosk_clock(), idle(member, t.kiosk_clock_fast())),
        answered(member, accepted(&member.org, &receipt, now)),
        answered(member, refused(lang, 30, &PunchError::AlreadyUsed, now)),
        answered(member, refused(lang, 30, &PunchError::AlreadyIn, now)),
    ];
    let shown = view! { <div class="stack wide"><div class="pair">{screens}</div></div> };
    let about =
        "Read from two metres. An answer has the whole screen in one colour, a sign and words; a refusal says what to do.";
    vec![Part::new("door", "Kiosk", about, shown.into_any())]
}

/// A screen as large as it is, drawn smaller: what fills the window by itself fills the picture instead. Nothing in it can be
/// reached; its name is below.
fn picture(name: String, screen: AnyView) -> AnyView {
    view! {
        <figure class="stack tight">
            <div inert><svg width="100%" viewBox="0 0 1600 1100"><foreignObject width="1600" height="1100">{screen}</foreignObject></svg></div>
            <figcaption class="small muted">{name}</figcaption>
        </figure>
    }
    .into_any()
}

fn the_words(member: &Member) -> KioskWords {
    kiosk_words(member.words(), "Théâtre du Mail · Entrée des artistes".to_owned())
}

/// `drift`: that the clock is wrong. There is no camera: a script would open it.
fn idle(member: &Member, drift: String) -> AnyView {
    let date = format::day_of_year(sample::TODAY, member.visitor.lang);
    let seen = Seen { minutes: "07:52".to_owned(), seconds: "18".to_owned(), date, drift, is_live: true };
    let (worker, decoder) = (String::new(), String::new());
    view! { <KioskIdle words=the_words(member) worker=worker decoder=decoder seen=seen is_picture=true /> }.into_any()
}

fn answered(member: &Member, answer: ScanAnswer) -> AnyView {
    let name = answer.title.clone();
    let screen = view! { <KioskResult words=the_words(member) answer=answer is_shown=true /> };
    picture(name, screen.into_any())
}
