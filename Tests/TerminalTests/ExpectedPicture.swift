/// The picture of FrontendTests.picture, reviewed by eye; its lines are as long as SVG makes them.
let expectedPicture = #"""
  <svg xmlns="http://www.w3.org/2000/svg" width="116" height="88" viewBox="0 0 116 88" role="img" \#
  aria-label="pods &lt;shop&gt;">
  <rect x="0.5" y="0.5" width="115" height="87" rx="9" fill="#16181d" stroke="#606369"/>
  <circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" \#
  cy="18" r="6" fill="#28c840"/>
  <text x="58" y="22.5" text-anchor="middle" font-size="13" font-family="-apple-system,'Segoe \#
  UI',Helvetica,Arial,sans-serif" fill="#a1a5ac">pods &lt;shop&gt;</text>
  <g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" \#
  font-size="14" fill="#d0d4dc" xml:space="preserve">
  <text y="49.4"><tspan x="16" textLength="33.6" lengthAdjust="spacingAndGlyphs" fill="#d0d0d0" \#
  font-weight="bold">NAME</tspan><tspan x="58" textLength="25.2" \#
  lengthAdjust="spacingAndGlyphs">&lt;&amp;&gt;</tspan></text>
  <rect x="16" y="54" width="84" height="18" fill="#000087"/>
  <text y="67.4"><tspan x="24.4" textLength="16.8" lengthAdjust="spacingAndGlyphs" fill="#ff8787" \#
  font-weight="bold">日</tspan><tspan x="41.2" textLength="8.4" lengthAdjust="spacingAndGlyphs" fill="#ff8787" \#
  font-weight="bold">b</tspan></text>
  </g>
  </svg>

  """#
