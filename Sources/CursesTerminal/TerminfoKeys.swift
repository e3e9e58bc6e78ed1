import CNcurses
import Terminal

/// The key sequences of the terminal that is set up, as its terminfo entry has them. The decoder knows the common ones by
/// itself; this adds those of the others.
func terminfoKeys() -> [[UInt8]: Key] {
  var keys: [(String, Key)] = [
    ("kcuu1", Key(.up)), ("kcud1", Key(.down)), ("kcub1", Key(.left)), ("kcuf1", Key(.right)),
    ("khome", Key(.home)), ("kend", Key(.end)), ("kpp", Key(.pageUp)), ("knp", Key(.pageDown)),
    ("kich1", Key(.insert)), ("kdch1", Key(.delete)), ("kcbt", Key(.tab, .shift)), ("kent", Key(.enter)),
    ("kLFT", Key(.left, .shift)), ("kRIT", Key(.right, .shift)), ("kri", Key(.up, .shift)),
    ("kind", Key(.down, .shift)),
    ("kHOM", Key(.home, .shift)), ("kEND", Key(.end, .shift)), ("kPRV", Key(.pageUp, .shift)),
    ("kNXT", Key(.pageDown, .shift)), ("kDC", Key(.delete, .shift)),
  ]
  for number in 1...12 { keys.append(("kf\(number)", Key(.function(number)))) }
  var sequences: [[UInt8]: Key] = [:]
  for (name, key) in keys {
    guard let value = pm_capability(name) else { continue }
    let bytes = Array(String(cString: value).utf8)
    // Sequences of one byte are control characters, which the decoder has its own rules for.
    if bytes.count > 1 && bytes.first == 0x1b && sequences[bytes] == nil { sequences[bytes] = key }
  }
  return sequences
}
