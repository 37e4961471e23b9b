//! What a kiosk can count on, shown on made videos. The larger set is `examples/corpus.rs`.

mod made;

use std::time::{Duration, Instant};

use made::video::{CLASSES, Class, Video};
use made::{Dice, FRAMES, HEIGHT, WIDTH, hostile, negative};
use scanner::Reader;

const VIDEOS_PER_CLASS: u64 = 14;

/// The frame that was read, after comparing its text.
fn first_read(reader: &mut Reader, video: &Video) -> Option<u32> {
    (0..FRAMES).find(|number| {
        let text = reader.read(&video.frame(*number), WIDTH, HEIGHT, WIDTH, *number);
        assert!(text.as_ref().is_none_or(|text| *text == video.text), "a wrong text was read");
        text.is_some()
    })
}

#[test]
fn badges_are_read_within_ten_frames() {
    let mut reader = Reader::new();
    let (mut read, mut all) = (0, 0);
    for class in CLASSES {
        let firsts: Vec<_> = (0..VIDEOS_PER_CLASS).map(|seed| first_read(&mut reader, &Video::new(class, seed))).collect();
        let of_class = firsts.iter().flatten().count();
        let at_once = firsts.iter().filter(|first| **first == Some(0)).count();
        println!("{class:?}: {of_class} of {VIDEOS_PER_CLASS}, {at_once} at the first frame");
        read += of_class;
        all += firsts.len();
    }
    println!("all: {read} of {all}");
    assert!(read * 100 >= all * 97, "only {read} of {all} badges were read");
}

#[test]
fn a_scene_without_a_code_has_no_text() {
    let mut reader = Reader::new();
    for kind in 0..negative::KINDS {
        for seed in 0..5 {
            let luma = negative::scene(kind, seed);
            for frame in 0..4 {
                assert_eq!(reader.read(&luma, WIDTH, HEIGHT, WIDTH, frame), None, "kind {kind} seed {seed}");
            }
        }
    }
}

#[test]
fn a_hostile_picture_neither_blocks_nor_spoils_the_next_one() {
    let mut reader = Reader::new();
    let badge = Video::new(Class::Clean, 3);
    for (name, luma) in hostile::all() {
        for frame in 0..4 {
            let start = Instant::now();
            assert_eq!(reader.read(&luma, WIDTH, HEIGHT, WIDTH, frame), None, "{name}");
            // Far above what it takes, far below what the watchdog allows, so that a busy machine does not fail it.
            assert!(start.elapsed() < Duration::from_secs(1), "{name}");
        }
        assert_eq!(first_read(&mut reader, &badge), Some(0), "after {name}");
    }
}

#[test]
fn a_picture_of_any_shape_is_harmless() {
    let mut reader = Reader::new();
    let mut dice = Dice(9);
    let luma: Vec<u8> = (0..64 * 64).map(|_| dice.next() as u8).collect();
    for (width, height, stride) in [(0, 0, 0), (1, 1, 1), (7, 64, 64), (9, 8, 64), (17, 3, 64), (63, 64, 64), (64, 64, 64)] {
        for frame in 0..4 {
            assert_eq!(reader.read(&luma, width, height, stride, frame), None, "{width} × {height}");
        }
    }
    assert_eq!(reader.read(&luma, 64, 65, 64, 0), None, "the plane is shorter than it says");
    assert_eq!(reader.read(&luma, 64, 10, 32, 0), None, "the rows overlap");
    assert_eq!(reader.read(&luma, usize::MAX, usize::MAX, usize::MAX, 0), None);
}

#[test]
fn rows_may_be_padded_and_the_picture_mirrored() {
    let video = Video::new(Class::Clean, 11);
    let luma = video.frame(0);
    let stride = WIDTH + 48;
    let mut padded = vec![255; stride * HEIGHT];
    let mut mirrored = luma.clone();
    for (y, row) in luma.chunks_exact(WIDTH).enumerate() {
        padded[y * stride..][..WIDTH].copy_from_slice(row);
        mirrored[y * WIDTH..][..WIDTH].reverse();
    }
    let mut reader = Reader::new();
    assert_eq!(reader.read(&padded, WIDTH, HEIGHT, stride, 0).as_ref(), Some(&video.text));
    assert_eq!(reader.read(&mirrored, WIDTH, HEIGHT, WIDTH, 0).as_ref(), Some(&video.text));
}
