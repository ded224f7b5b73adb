/** The style sheet of the HTML report. */
export const style = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#57606a;--line:#d9dee3;--panel:#f5f7f9;--good:#146c36;--bad:#b3211c;--warn:#7d4b00;--link:#0b57b0;--mark:#ffe58a;--cgood:#cdeed8;--cbad:#f6b9b4;--cwarn:#fbe3b5;--cdim:#e3e7eb;--bar:#5b83b5}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e7eaed;--dim:#a3adb7;--line:#343b42;--panel:#1d2227;--good:#69d08f;--bad:#ff9c94;--warn:#f2b45a;--link:#8ab8ff;--mark:#6b5200;--cgood:#1c4a2d;--cbad:#7a2723;--cwarn:#5e4310;--cdim:#333a41;--bar:#5f8ac2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.25rem 1rem 4rem;background:var(--bg);color:var(--fg);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.35rem 0}
h2{margin:2rem 0 .6rem;font-size:1.2rem}
h3{margin:0 0 .4rem;font-size:1rem}
h4{margin:.8rem 0 .25rem;font-size:.875rem;color:var(--dim)}
p{margin:.35rem 0}
a{color:var(--link)}
code{font:.875em ui-monospace,monospace}
.dim{color:var(--dim)}
header{border-left:.4rem solid var(--dim);padding-left:1rem}
header.conformant{border-color:var(--good)}header.nonconformant,header.error{border-color:var(--bad)}header.partial{border-color:var(--warn)}
.first{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:1.5rem;margin-top:1rem}
.first h2{margin-top:1rem}
.tag{display:inline-block;border:1px solid currentColor;border-radius:.25rem;padding:0 .4rem;font-size:.8125rem;font-weight:600;white-space:nowrap}
.pass,.conformant{color:var(--good)}.fail,.MUST,.error,.nonconformant{color:var(--bad)}.SHOULD,.untested,.waived,.partial{color:var(--warn)}.MAY{color:var(--dim)}
header,header h1,header p{color:var(--fg)}
header.conformant .tag{color:var(--good)}header.nonconformant .tag,header.error .tag{color:var(--bad)}header.partial .tag{color:var(--warn)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding:.25rem 0 .35rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--dim);font-weight:600;font-size:.8125rem}
.counts td{font-variant-numeric:tabular-nums}
.sections th{width:9rem;font-weight:600}.sections td:last-child{width:22rem}
.sections .group{padding-top:1rem;color:var(--dim)}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--fg);font:12px system-ui,sans-serif}
svg text.in{font-size:11px}
svg .cell{fill:var(--cdim);stroke:var(--line)}
svg .cell.pass{fill:var(--cgood)}svg .cell.fail,svg .cell.error{fill:var(--cbad)}svg .cell.untested,svg .cell.waived{fill:var(--cwarn)}
svg .bar{fill:var(--bar)}
.charts{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:1.5rem;margin-top:1rem}
figure{margin:0}figcaption{font-weight:600;font-size:.875rem;margin-bottom:.25rem}
article{border:1px solid var(--line);border-left:.3rem solid var(--dim);border-radius:.4rem;padding:.8rem 1rem;margin:.8rem 0}
article.weighs{border-left-color:var(--bad)}
.ids{font-size:.875rem}
details>summary{cursor:pointer;padding:.2rem 0}
details.row{border-bottom:1px solid var(--line)}
details.row[open]{padding-bottom:1rem}
details.row .level{color:var(--dim);font-size:.8125rem}
details.row .title{color:var(--dim)}
.area{margin-top:1.25rem}
.filter{display:none;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding:.6rem .8rem;background:var(--panel);border:1px solid var(--line);border-radius:.4rem}
.js .filter{display:flex}
.filter input[type=search]{font:inherit;color:var(--fg);background:var(--bg);border:1px solid var(--dim);border-radius:.25rem;padding:.15rem .4rem;max-width:100%}
section.finding{border-left:3px solid var(--line);padding-left:1rem;margin:.8rem 0}
.versus{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 1rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:.6rem 0}
dt{color:var(--dim)}dd{margin:0}
pre{margin:0;padding:.6rem .75rem;background:var(--panel);border:1px solid var(--line);border-radius:.3rem;white-space:pre-wrap;max-height:22rem;overflow:auto;font:.8125rem/1.45 ui-monospace,monospace}
mark{background:var(--mark);color:inherit}
button{font:inherit;font-size:.8125rem;color:var(--link);background:var(--bg);border:1px solid currentColor;border-radius:.25rem;padding:0 .4rem;cursor:pointer}
.esc{color:var(--bad);font-family:ui-monospace,monospace;font-weight:600}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media screen and (max-width:48rem){.first,.charts,.versus{grid-template-columns:minmax(0,1fr)}dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:.4rem}
.sections,.sections tbody,.sections tr,.sections td,.sections th{display:block;width:auto}.sections td:last-child{width:auto}.sections td{border:0}.sections tr{border-bottom:1px solid var(--line);padding:.3rem 0}.sections th{border:0}
.sections th,.sections td{padding-right:0}details.row .title{display:block}svg.heat text{font-size:15px}svg.heat text.in{font-size:13px}}
@media print{html{font-size:9pt}:root{--bg:#fff;--fg:#000;--dim:#444;--panel:#fff}body{max-width:none;padding:0;font-size:1rem;line-height:1.35}.filter,.block.copy,.others{display:none!important}
summary{list-style:none}.identity::details-content{content-visibility:visible;display:block}dl{gap:0 .8rem}pre{max-height:none;padding:.25rem .4rem;line-height:1.25}
.first{grid-template-columns:repeat(2,minmax(0,1fr))}.area{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));column-gap:1.5rem;margin-top:.8rem}.area h3,details.row[open]{grid-column:1/-1}details.row .title{display:none}.counts th{overflow-wrap:normal}.sections td:last-child{width:8rem}
header,article,figure,svg,.finding,details.row,details.identity,tr,pre,.counts,.charts,.first>div{break-inside:avoid}h2,h3,h4,caption,.sections .group{break-after:avoid}
article{padding:.4rem .7rem;margin:.4rem 0}h2{margin:1rem 0 .4rem}td,th{padding-top:.1rem;padding-bottom:.1rem}}
`;
