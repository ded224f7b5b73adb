/** The style sheet of the HTML report. */
export const style = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#5b6570;--line:#d9dee3;--panel:#f5f7f9;--good:#176f3a;--bad:#b3211c;--warn:#8a5300;--link:#0b57b0}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e7eaed;--dim:#a3adb7;--line:#343b42;--panel:#1d2227;--good:#69d08f;--bad:#ff8a80;--warn:#f2b45a;--link:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem 1rem 4rem;background:var(--bg);color:var(--fg);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}
h2{margin:2.5rem 0 .75rem;font-size:1.25rem}
h3{margin:0;font-size:1rem}
h4{margin:1rem 0 .25rem;font-size:.875rem;color:var(--dim)}
a{color:var(--link)}
.dim{color:var(--dim)}
header{border-left:.4rem solid var(--dim);padding-left:1rem}
header.conformant{border-color:var(--good)}header.nonconformant,header.error{border-color:var(--bad)}header.partial{border-color:var(--warn)}
.tag{display:inline-block;border:1px solid currentColor;border-radius:.25rem;padding:0 .4rem;font-size:.8125rem;font-weight:600;white-space:nowrap}
.pass,.conformant .tag{color:var(--good)}.fail,.MUST,.error,.nonconformant .tag,.error .tag{color:var(--bad)}.SHOULD,.untested,.waived,.partial .tag{color:var(--warn)}.MAY{color:var(--dim)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding:1.25rem 0 .35rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
thead th{color:var(--dim);font-weight:600;font-size:.8125rem;white-space:nowrap}
.scroll td:nth-child(2),.scroll td:nth-child(3){white-space:nowrap}
.scroll td:nth-child(4){min-width:7rem}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
.counts{width:auto}
.scroll{overflow-x:auto}
article{border:1px solid var(--line);border-left:.3rem solid var(--dim);border-radius:.4rem;padding:1rem;margin:1rem 0}
article.weighs{border-left-color:var(--bad)}
section.finding+section.finding{border-top:1px solid var(--line);margin-top:1.25rem;padding-top:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.75rem 0}
dt{color:var(--dim)}dd{margin:0}
pre{margin:0;padding:.75rem;background:var(--panel);border:1px solid var(--line);border-radius:.3rem;white-space:pre-wrap;max-height:24rem;overflow:auto;font:.8125rem/1.45 ui-monospace,monospace}
.esc{color:var(--bad);font-family:ui-monospace,monospace;font-weight:600}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{pre{max-height:none}}
`;
