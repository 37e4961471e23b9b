//! Reads a large made corpus and prints how many badges were read and how long a frame takes.
//!
//! `cargo run --release -p scanner --example corpus [items per class]`

#[path = "../tests/made/mod.rs"]
mod made;

use std::time::Instant;

use made::video::{CLASSES, Video};
use made::{FRAMES, HEIGHT, WIDTH, hostile, negative};
use scanner::Reader;

/// Sorted durations in milliseconds, as a line.
fn times(mut list: Vec<f64>) -> String {
    list.sort_by(f64::total_cmp);
    let at = |share: f64| list.get(((list.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
    format!("median {:.1} ms, p95 {:.1} ms, max {:.1} ms", at(0.5), at(0.95), at(1.0))
}

fn main() {
    let items: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(60);
    let mut reader = Reader::new();
    let mut read_ms = Vec::new();
    let (mut all, mut all_read, mut wrong) = (0, 0, 0);
    for class in CLASSES {
        let (mut in_time, mut frames, mut frames_read) = (0, 0, 0);
        let mut slow = 0;
        for seed in 0..items {
            let video = Video::new(class, 10_000 + seed);
            let mut first = None;
            // The first four frames are always read, to know the share of single frames too.
            for number in 0..FRAMES {
                if number >= 4 && first.is_some() {
                    break;
                }
                let luma = video.frame(number);
                let start = Instant::now();
                let text = reader.read(&luma, WIDTH, HEIGHT, WIDTH, number);
                read_ms.push(start.elapsed().as_secs_f64() * 1000.0);
                frames += u32::from(number < 4);
                if let Some(text) = text {
                    frames_read += u32::from(number < 4);
                    wrong += u32::from(text != video.text);
                    first = first.or(Some(number));
                }
            }
            in_time += u32::from(first.is_some());
            slow = slow.max(first.unwrap_or(99));
            if first.is_none() {
                println!("  missed: {class:?} seed {seed}");
            }
        }
        all += items as u32;
        all_read += in_time;
        println!("{class:12?} {in_time:4} / {items}   single frames {frames_read} / {frames}   last at frame {slow}");
    }
    println!("all {all_read} / {all} = {:.1} %, wrong texts {wrong}", f64::from(all_read) * 100.0 / f64::from(all));
    println!("videos: {}", times(read_ms));

    let mut negative_ms = Vec::new();
    let mut false_reads = 0;
    for kind in 0..negative::KINDS {
        for seed in 0..items / 3 {
            let luma = negative::scene(kind, seed);
            for frame in 0..4 {
                let start = Instant::now();
                false_reads += u32::from(reader.read(&luma, WIDTH, HEIGHT, WIDTH, frame).is_some());
                negative_ms.push(start.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    println!("negatives: {false_reads} false reads, {}", times(negative_ms));
    for (name, luma) in hostile::all() {
        let mut list = Vec::new();
        for frame in 0..4 {
            let start = Instant::now();
            let read = reader.read(&luma, WIDTH, HEIGHT, WIDTH, frame);
            list.push(start.elapsed().as_secs_f64() * 1000.0);
            assert_eq!(read, None, "{name}");
        }
        println!("hostile {name}: {}", times(list));
    }
}
