extension Theme {
  /// All themes, the default first.
  public static let all: [Theme] = [.dark, .light, .highContrast, .colorBlind, .mono]

  /// For dark backgrounds.
  public static let dark = Theme(name: "dark", foreground: RGB(0xd0d4dc), background: RGB(0x16181d)) { role in
    switch role {
    case .text: RolePaint(nil)
    case .dim: RolePaint(Paint(245, 8))
    case .title: RolePaint(Paint(117, 14), .bold)
    case .header: RolePaint(Paint(252, 15), .bold)
    case .selection: RolePaint(Paint(255, 15), on: Paint(18, 4))
    case .marked: RolePaint(Paint(222, 11), .bold)
    case .accent: RolePaint(Paint(117, 14))
    case .key: RolePaint(Paint(150, 10), .bold)
    case .border: RolePaint(Paint(243, 8))
    case .match: RolePaint(Paint(16, 0), on: Paint(222, 11))
    case .prompt: RolePaint(Paint(222, 11))
    case .crumb: RolePaint(Paint(153, 12))
    case .critical: RolePaint(Paint(210, 9), .bold)
    case .warning: RolePaint(Paint(221, 11))
    case .notice: RolePaint(Paint(117, 14))
    case .ok: RolePaint(Paint(114, 10))
    case .unknown: RolePaint(Paint(183, 13))
    case .progressing: RolePaint(Paint(116, 6))
    case .stale: RolePaint(Paint(246, 8), .italic)
    case .danger: RolePaint(Paint(231, 15), on: Paint(124, 1), .bold)
    case .added: RolePaint(Paint(114, 10))
    case .removed: RolePaint(Paint(210, 9))
    case .fieldName: RolePaint(Paint(117, 14))
    case .string: RolePaint(Paint(150, 2))
    case .number: RolePaint(Paint(222, 3))
    case .pod0: RolePaint(Paint(80, 6))
    case .pod1: RolePaint(Paint(180, 3))
    case .pod2: RolePaint(Paint(141, 5))
    case .pod3: RolePaint(Paint(114, 2))
    case .pod4: RolePaint(Paint(111, 12))
    case .pod5: RolePaint(Paint(217, 13))
    case .pod6: RolePaint(Paint(185, 11))
    case .pod7: RolePaint(Paint(152, 14))
    }
  }

  /// For light backgrounds.
  public static let light = Theme(name: "light", foreground: RGB(0x24292f), background: RGB(0xffffff)) { role in
    switch role {
    case .text: RolePaint(nil)
    case .dim: RolePaint(Paint(242, 8))
    case .title: RolePaint(Paint(25, 4), .bold)
    case .header: RolePaint(Paint(236, 0), .bold)
    case .selection: RolePaint(Paint(16, 15), on: Paint(153, 4))
    case .marked: RolePaint(Paint(94, 3), .bold)
    case .accent: RolePaint(Paint(25, 4))
    case .key: RolePaint(Paint(22, 2), .bold)
    case .border: RolePaint(Paint(244, 8))
    case .match: RolePaint(Paint(16, 0), on: Paint(222, 3))
    case .prompt: RolePaint(Paint(94, 3))
    case .crumb: RolePaint(Paint(24, 4))
    case .critical: RolePaint(Paint(124, 1), .bold)
    case .warning: RolePaint(Paint(94, 3))
    case .notice: RolePaint(Paint(25, 4))
    case .ok: RolePaint(Paint(22, 2))
    case .unknown: RolePaint(Paint(90, 5))
    case .progressing: RolePaint(Paint(23, 6))
    case .stale: RolePaint(Paint(242, 8), .italic)
    case .danger: RolePaint(Paint(231, 15), on: Paint(124, 1), .bold)
    case .added: RolePaint(Paint(22, 2))
    case .removed: RolePaint(Paint(124, 1))
    case .fieldName: RolePaint(Paint(25, 4))
    case .string: RolePaint(Paint(22, 2))
    case .number: RolePaint(Paint(94, 3))
    case .pod0: RolePaint(Paint(23, 6))
    case .pod1: RolePaint(Paint(94, 3))
    case .pod2: RolePaint(Paint(91, 5))
    case .pod3: RolePaint(Paint(22, 2))
    case .pod4: RolePaint(Paint(19, 4))
    case .pod5: RolePaint(Paint(125, 5))
    case .pod6: RolePaint(Paint(58, 3))
    case .pod7: RolePaint(Paint(60, 6))
    }
  }

  /// Bright letters on black, for bad light and weak eyes.
  public static let highContrast = Theme(
    name: "high-contrast", foreground: RGB(0xffffff), background: RGB(0x000000)
  ) { role in
    switch role {
    case .text, .header, .border: RolePaint(Paint(231, 15), role == .header ? [.bold, .underline] : [])
    case .dim, .stale: RolePaint(Paint(252, 7))
    case .title, .accent, .crumb, .fieldName: RolePaint(Paint(123, 14), .bold)
    case .selection: RolePaint(Paint(231, 15), on: Paint(19, 4), .bold)
    case .marked, .prompt, .number: RolePaint(Paint(226, 11), .bold)
    case .key, .ok, .added, .string: RolePaint(Paint(120, 10), .bold)
    case .match: RolePaint(Paint(16, 0), on: Paint(226, 11), .bold)
    case .critical, .removed: RolePaint(Paint(217, 9), [.bold, .underline])
    case .warning: RolePaint(Paint(226, 11), .bold)
    case .notice, .progressing: RolePaint(Paint(123, 14))
    case .unknown: RolePaint(Paint(219, 13), .bold)
    case .danger: RolePaint(Paint(231, 15), on: Paint(88, 1), .bold)
    case .pod0, .pod4: RolePaint(Paint(123, 14))
    case .pod1, .pod5: RolePaint(Paint(226, 11))
    case .pod2, .pod6: RolePaint(Paint(219, 13))
    case .pod3, .pod7: RolePaint(Paint(120, 10))
    }
  }

  /// Blue and orange instead of green and red, in different brightness, for the common kinds of colour blindness.
  public static let colorBlind = Theme(
    name: "color-blind", foreground: RGB(0xd0d4dc), background: RGB(0x16181d)
  ) { role in
    switch role {
    case .critical: RolePaint(Paint(208, 11), .bold)
    case .warning: RolePaint(Paint(222, 3))
    case .notice: RolePaint(Paint(153, 14))
    case .ok, .added: RolePaint(Paint(75, 12))
    case .progressing: RolePaint(Paint(111, 6))
    case .unknown: RolePaint(Paint(250, 7))
    case .removed: RolePaint(Paint(208, 11))
    case .danger: RolePaint(Paint(16, 0), on: Paint(208, 3), .bold)
    case .key, .string: RolePaint(Paint(153, 14), role == .key ? .bold : [])
    case .pod0, .pod4: RolePaint(Paint(75, 12))
    case .pod1, .pod5: RolePaint(Paint(222, 3))
    case .pod2, .pod6: RolePaint(Paint(250, 7))
    case .pod3, .pod7: RolePaint(Paint(208, 11))
    default: Theme.dark[role]
    }
  }

  /// No colour; attributes alone.
  public static let mono = Theme(name: "mono", foreground: RGB(0xd0d0d0), background: RGB(0x16181d)) { role in
    RolePaint(nil, role.attributesWithoutColor)
  }
}
