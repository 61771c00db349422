"""Texts of students that would run, reach out, calculate or command, and harmless ones."""

from __future__ import annotations

from tests.attacks.cell_tricks import COMMANDS, UNSEEN
from tests.attacks.world import SCRIPT

ROADS = (
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt\n>{SCRIPT}</sCrIpT\t>",
    f"</style></title></textarea></pre></script><script>{SCRIPT}</script>",
    f"<img src=x onerror={SCRIPT}>",
    f"<svg/onload={SCRIPT}><a xlink:href='javascript:{SCRIPT}'>x</a></svg>",
    f"<math><maction actiontype='statusline#' xlink:href='javascript:{SCRIPT}'>x</maction></math>",
    f"<math><annotation-xml encoding='text/html'><script>{SCRIPT}</script></annotation-xml></math>",
    f"\" onmouseover={SCRIPT} x=\"' onfocus={SCRIPT} autofocus x='`",
    f"<a href='javascript:{SCRIPT}'>x</a><a href='java\tscript:{SCRIPT}'>x</a>",
    f"<iframe srcdoc='<script>{SCRIPT}</script>'></iframe><object data='data:text/html,x'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'><base href='//evil.example/'>",
    "<form action=http://evil.example/><input type=submit></form><link rel=stylesheet href=//e>",
    "<style>@import 'http://evil.example/x.css'; p { background: url(//evil.example) }</style>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>Score: 25 / 25</p>",
    f"<template><script>{SCRIPT}</script></template><noscript><p title='</noscript><img src=x>'>",
    f"<!--><script>{SCRIPT}</script>--><![CDATA[<script>{SCRIPT}</script>]]>",
    f"{{{{ 7 * 7 }}}}{{% raw %}}{{{{ cycler.__init__.__globals__ }}}} ${{{SCRIPT}}} <%= 7 %>",
    f"&lt;script&gt;{SCRIPT}&lt;/script&gt;&#60;script&#62;&NewLine;&colon;",
    f"\uff1cscript\uff1e{SCRIPT}\uff1c/script\uff1e\u2028\u2029\ufeff",
)
TYPED = (
    f"[x](javascript:{SCRIPT}) [x](JaVaScRiPt&colon;{SCRIPT}) [x](vbscript:x) [x](file:///etc/x)",
    f"[x](data:text/html,<script>{SCRIPT}</script>) <javascript:{SCRIPT}>",
    f"[x][y]\n\n[y]: javascript:{SCRIPT}",
    "![x](http://evil.example/x.png) ![x](data:image/svg+xml;base64,AAAA) ![x](//evil.example/x)",
    f"$\\href{{javascript:{SCRIPT}}}{{x}}$ $\\style{{background:url(//evil)}}{{x}}$",
    f"$\\text{{</mtext></math><script>{SCRIPT}</script>}}$ $\\unicode{{x3c}}$ $\\require{{html}}$",
    f"```html onload={SCRIPT}\n</code></pre><script>{SCRIPT}</script>\n```",
    "$" + "\\frac{" * 300 + "x" + "}{y}" * 300 + "$",
    "$\\def\\x{\\x\\x}\\x$ $\\newcommand{\\y}{\\y\\y}\\y$",
)
ALL = (*ROADS, *TYPED, COMMANDS, UNSEEN)
PLAIN = ("Ada Lovelace", "x < 3 & y > 4", 'Zoë\'s "answer"', "1 + 2 = 3", "a_b *c*")
FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1+1", "\t=1+1", "\r=1+1", "\n=1+1", "\uff1d1+1"),
    *('=HYPERLINK("http://evil.example")', "=cmd|'/c calc'!A0", "\uff20SUM(A1)", "-2+3+cmd|x"),
    *("Ada;=1+1", "Ada\t@SUM(A1)", "=1+1;=2+2"),  # split where a decimal comma is usual
)
