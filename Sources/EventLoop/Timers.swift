/// Timers by due time; equal times fire in the order they were scheduled.
struct Timers {
  private struct Entry {
    let due: Duration
    let serial: UInt64
  }

  // A binary heap of due times. Cancelling forgets only the body; its entry is dropped when it reaches the top, or all
  // at once when such entries are the majority (curl moves its timer at every step).
  private var heap: [Entry] = []
  private var bodies: [UInt64: () -> Void] = [:]
  private var lastSerial: UInt64 = 0

  /// The serial of the newest timer.
  var newest: UInt64 { lastSerial }

  mutating func add(due: Duration, _ body: @escaping () -> Void) -> UInt64 {
    lastSerial += 1
    bodies[lastSerial] = body
    heap.append(Entry(due: due, serial: lastSerial))
    siftUp(heap.count - 1)
    return lastSerial
  }

  mutating func cancel(_ serial: UInt64) {
    bodies[serial] = nil
    if heap.count > 64 && heap.count > 2 * bodies.count {
      let live = heap.filter { bodies[$0.serial] != nil }
      heap = live.sorted(by: Timers.isEarlier)
    }
  }

  /// When the next timer is due.
  mutating func nextDue() -> Duration? {
    while let top = heap.first {
      if bodies[top.serial] != nil { return top.due }
      removeTop()
    }
    return nil
  }

  /// Takes the first timer that is due at `now` and not newer than `newest`.
  mutating func takeDue(at now: Duration, notAfter newest: UInt64) -> (() -> Void)? {
    guard let due = nextDue(), due <= now, let top = heap.first, top.serial <= newest else { return nil }
    removeTop()
    return bodies.removeValue(forKey: top.serial)
  }

  private static func isEarlier(_ left: Entry, _ right: Entry) -> Bool {
    (left.due, left.serial) < (right.due, right.serial)
  }

  private mutating func removeTop() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count && Timers.isEarlier(heap[child + 1], heap[child]) { child += 1 }
      guard Timers.isEarlier(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard Timers.isEarlier(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }
}
