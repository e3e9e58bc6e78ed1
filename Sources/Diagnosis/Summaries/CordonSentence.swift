import ClusterState

extension CordonFacts {
  /// `cordoned for 3h, by alice as its annotation says`. The annotation's time is there where nothing else tells one, or
  /// where it is not that of the cordon that stands.
  public func sentence(_ start: String = "cordoned") -> Sentence {
    var sentence = Sentence(start)
    if let since { sentence = sentence + " for \(lasting: since)" }
    let time = since == nil || differs ? notedAt : nil
    switch (user.isEmpty, time) {
    case (false, let time?): sentence = sentence + ", by \(user) \(ago: time) as its annotation says"
    case (false, nil): sentence = sentence + ", by \(user) as its annotation says"
    case (true, let time?): sentence = sentence + ", \(ago: time) as its annotation says"
    case (true, nil): break
    }
    return sentence
  }
}
