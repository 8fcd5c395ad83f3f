// SPDX-License-Identifier: MIT
// Closures, traits, panics that are caught, threads; calls are marked by getppid.
use std::hint::black_box;

extern "C" {
    fn getppid() -> i32;
}

#[inline(never)]
fn mark(n: i32) -> i32 {
    unsafe { getppid() + black_box(n) }
}

struct Cleaner(i32);

impl Drop for Cleaner {
    fn drop(&mut self) {
        black_box(mark(self.0));
    }
}

trait Shape {
    fn area(&self) -> i32;
}

struct Square(i32);

impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> i32 {
        mark(self.0) * self.0
    }
}

#[inline(always)]
fn inlined(n: i32) -> i32 {
    mark(n) + 1
}

#[inline(never)]
fn recursion(n: i32) -> i32 {
    let _c = Cleaner(n);
    if n == 0 {
        panic!("at the bottom");
    }
    recursion(n - 1) + n
}

#[inline(never)]
fn sorting() -> i32 {
    let mut v = vec![3, 1, 2];
    v.sort_by(|a, b| {
        mark(*a);
        a.cmp(b)
    });
    v[0]
}

#[inline(never)]
fn through(f: &dyn Fn(i32) -> i32) -> i32 {
    f(4) + 1
}

fn main() {
    std::panic::set_hook(Box::new(|_| {
        black_box(mark(-1));
    }));
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(2)), Box::new(Square(3))];
    let mut sum: i32 = shapes.iter().map(|s| s.area()).sum();
    sum = sum.wrapping_add(inlined(5));
    sum = sum.wrapping_add(sorting());
    sum = sum.wrapping_add(through(&|n| mark(n) + 2));
    let caught = std::panic::catch_unwind(|| recursion(3));
    sum = sum.wrapping_add(mark(caught.is_err() as i32));
    let t = std::thread::spawn(|| inlined(6) + std::panic::catch_unwind(|| recursion(1)).is_err() as i32);
    sum = sum.wrapping_add(t.join().unwrap());
    black_box(sum);
}
