//! From components to the text of a page.

use leptos::prelude::*;

/// Renders a component to a whole document.
pub fn document<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    format!("<!DOCTYPE html>{}", markup(view))
}

/// Renders a component. Leptos marks with `<!>` where its own scripts would take a page up; ours look for attributes, and in a
/// title or a text field the mark would be read as text. What people wrote has no `<` left by then.
pub fn markup<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(None);
    let marked = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    marked.replace("<!>", "")
}

/// What stands in a `<textarea>`: Leptos writes its children as they are, and a reader of HTML drops a line break at their
/// beginning (HTML, 13.1.2.5).
pub fn typed_text(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_as_it_was_written_and_marks_are_gone() {
        let text = || "<!> & \"<b>\"".to_owned();
        let html = markup(
            move || view! { <p title=text()>{text()}{Some(text())}{vec!["a", "b"]}</p><textarea>{typed_text(&text())}</textarea> },
        );
        assert_eq!(
            html,
            "<p title=\"&lt;!&gt; &amp; &quot;&lt;b&gt;&quot;\">&lt;!&gt; &amp; \"&lt;b&gt;\"&lt;!&gt; &amp; \"&lt;b&gt;\"ab</p>\
             <textarea>\n&lt;!> &amp; \"&lt;b>\"</textarea>"
        );
    }
}
