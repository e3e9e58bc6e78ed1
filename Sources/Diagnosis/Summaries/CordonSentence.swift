import ClusterState

extension CordonFacts {
  /// `cordoned for 3h, by alice as its annotation says`. The annotation's time is there where nothing else tells one;
  /// where it is not that of the cordon that stands, it is not said to be about it.
  public func sentence(_ start: String = "cordoned") -> Sentence {
    var sentence = Sentence(start)
    if let since { sentence = sentence + " for \(lasting: since)" }
    if differs, let notedAt {
      // Somebody may have cordoned it anew since, who left the annotation alone.
      let whose = user.isEmpty ? "an annotation" : "an annotation that names \(user)"
      return sentence + "; there is \(whose), \(ago: notedAt)"
    }
    let time = since == nil ? notedAt : nil
    switch (user.isEmpty, time) {
    case (false, let time?): sentence = sentence + ", by \(user) \(ago: time) as its annotation says"
    case (false, nil): sentence = sentence + ", by \(user) as its annotation says"
    case (true, let time?): sentence = sentence + ", \(ago: time) as its annotation says"
    case (true, nil): break
    }
    return sentence
  }
}
