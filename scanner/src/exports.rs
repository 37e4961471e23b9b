//! The functions a page calls. One reader for each instance of the module, plain numbers across the border.

use std::cell::RefCell;

use crate::reader::{MAX_SIDE, Reader};

struct Session {
    reader: Reader,
    frame: Vec<u8>,
    text: String,
}

thread_local! {
    static SESSION: RefCell<Session> =
        RefCell::new(Session { reader: Reader::new(), frame: Vec::new(), text: String::new() });
}

/// Makes room for a picture of `len` bytes and returns its address, or 0 when it is too large.
///
/// The memory of the module may have grown: views made before the call are stale.
// SAFETY: the name is exported once, by this module only.
#[unsafe(no_mangle)]
pub extern "C" fn frame_buffer(len: usize) -> *mut u8 {
    if len > 2 * MAX_SIDE * MAX_SIDE {
        return std::ptr::null_mut();
    }
    SESSION.with_borrow_mut(|session| {
        session.frame.resize(len, 0);
        session.frame.as_mut_ptr()
    })
}

/// Reads the picture in the buffer. Returns the number of bytes of the text, or -1 when there is none.
// SAFETY: the name is exported once, by this module only.
#[unsafe(no_mangle)]
pub extern "C" fn read(width: usize, height: usize, stride: usize, frame: u32) -> i32 {
    SESSION.with_borrow_mut(|session| {
        let Some(text) = session.reader.read(&session.frame, width, height, stride, frame) else { return -1 };
        session.text = text;
        i32::try_from(session.text.len()).unwrap_or(-1)
    })
}

/// The address of the last text that was read, in UTF-8.
// SAFETY: the name is exported once, by this module only.
#[unsafe(no_mangle)]
pub extern "C" fn text() -> *const u8 {
    SESSION.with_borrow(|session| session.text.as_ptr())
}
