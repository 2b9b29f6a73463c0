import { DARK, LIGHT, type Tones } from "./palette.ts";

function variables({ colours, ...tones }: Tones): string {
  const named = [...Object.entries(tones), ...Object.entries(colours).map(([name, tone]) => [`c-${name}`, tone])];
  return named.map(([name, tone]) => `--${name}:${tone}`).join(";");
}

/** Nothing moves, whatever the reader prefers: no transitions, no animation, no smooth scrolling. */
export const PAGE_STYLE = `
:root{color-scheme:light;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables(DARK)}}}
:root[data-theme=dark]{color-scheme:dark;${variables(DARK)}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;overflow-wrap:anywhere;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1,h2,h3,p,dl,dd,figure,pre,ul{margin:0}
h1{font-size:clamp(1.5rem,1.1rem + 1.6vw,2.15rem);line-height:1.2;letter-spacing:-.015em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.3;letter-spacing:-.01em}
h3{font-size:1rem;line-height:1.35}
a{color:var(--accent)}
.wrap{max-width:1320px;margin:0 auto;padding:0 clamp(14px,2.4vw,36px)}
.skip{position:absolute;left:8px;top:-80px;z-index:9;background:var(--accent);color:var(--surface);padding:10px 16px;border-radius:8px;font-weight:600}
.skip:focus{top:8px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:6px}
header.top{padding-top:clamp(18px,3vw,36px)}
.bar{display:flex;gap:12px;align-items:center;justify-content:space-between;margin-bottom:10px}
.brand{color:var(--muted);font-size:.85rem;font-weight:600;letter-spacing:.02em}
.subtitle{color:var(--muted);max-width:80ch;margin-top:8px;overflow-wrap:anywhere}
button,summary.button{font:inherit;font-size:.85rem;font-weight:500;color:var(--ink);background:var(--surface);border:1px solid var(--border);border-radius:8px;padding:6px 12px;min-height:34px;cursor:pointer}
button:hover,summary:hover{border-color:var(--muted)}
#theme[aria-pressed=true]{background:var(--ink);color:var(--surface);border-color:var(--ink)}
button[hidden]{display:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,150px),1fr));gap:10px;margin-top:18px}
.tile{background:var(--surface);border:1px solid var(--border);border-radius:12px;padding:12px 16px 13px;min-width:0}
.tile dt{color:var(--muted);font-size:.84rem;line-height:1.35}
.tile dd{font-size:1.55rem;font-weight:650;line-height:1.25;letter-spacing:-.015em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tile dd.note{font-size:.84rem;font-weight:400;letter-spacing:0;color:var(--muted);line-height:1.4;margin-top:2px}
@media (max-width:480px){.tiles{grid-template-columns:1fr 1fr;gap:8px}.tile{padding:10px 12px}.tile dd{font-size:1.28rem}}
.good{color:var(--good)}.bad{color:var(--bad)}.muted{color:var(--muted)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,260px),1fr));gap:6px 28px;margin-top:18px;font-size:.9rem}
.facts div:last-child{grid-column:1/-1}
.facts div{display:flex;gap:10px;min-width:0}
.facts dt{color:var(--muted);flex:0 0 auto;max-width:55%}
.facts dd{min-width:0;overflow-wrap:anywhere}
.again{margin-top:16px;display:flex;gap:8px;align-items:stretch}
.again pre{flex:1;min-width:0}
pre{background:var(--sunken);border:1px solid var(--border);border-radius:8px;padding:8px 12px;overflow-x:auto;font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
nav{margin-top:18px;border-top:1px solid var(--border);border-bottom:1px solid var(--border);padding:4px 0}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:0 20px}
nav a{display:block;padding:7px 0;font-size:.9rem;text-decoration:none}
nav a:hover{text-decoration:underline}
section{margin-top:34px;scroll-margin-top:12px}
section>p{max-width:85ch;margin-top:6px;color:var(--muted);font-size:.95rem}
.charts{display:grid;grid-template-columns:minmax(0,1fr);gap:14px;margin-top:14px}
@media (min-width:1000px){.charts{grid-template-columns:repeat(2,minmax(0,1fr))}.charts .wide,.charts>:only-child{grid-column:1/-1}}
.card{background:var(--surface);border:1px solid var(--border);border-radius:12px;padding:14px 16px 12px;min-width:0;display:flex;flex-direction:column}
.card .chartnote{color:var(--muted);font-size:.86rem;line-height:1.45;margin-top:2px}
.legend{list-style:none;padding:0;margin:8px 0 0;display:flex;flex-wrap:wrap;gap:2px 4px;font-size:.84rem}
.legend button{display:flex;align-items:center;gap:7px;border-color:transparent;background:none;padding:2px 8px 2px 4px;min-height:28px;font-weight:400;color:var(--ink)}
.legend button:hover{border-color:var(--border)}
.legend button[aria-pressed=false]{color:var(--muted);text-decoration:line-through}
.legend .key{display:flex;align-items:center;gap:7px;padding:2px 8px 2px 4px}
.legend canvas{display:block}
.plot{width:100%;margin-top:4px}
.plot:empty{background:var(--sunken);border-radius:8px}
.under{display:flex;gap:8px;align-items:flex-start;margin-top:auto;padding-top:8px}
.under details{flex:1;min-width:0}
summary{cursor:pointer;font-size:.85rem;padding:6px 4px;width:fit-content;border-radius:6px;border:1px solid transparent;color:var(--muted)}
.scroll{overflow-x:auto;background:var(--surface);border:1px solid var(--border);border-radius:8px;margin-top:8px}
table{overflow-wrap:normal;border-collapse:collapse;width:100%;font-size:.86rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:6px 12px;text-align:right;border-top:1px solid var(--grid);white-space:nowrap}
th.t,td.t{text-align:left;white-space:normal;min-width:7rem;overflow-wrap:break-word}
thead th{position:sticky;top:0;background:var(--sunken);border-top:0;font-weight:600;vertical-align:bottom;white-space:normal}
tbody th{font-weight:500}
td.best{font-weight:700}
tbody tr:hover>*{background:var(--sunken)}
.numbers .scroll{overflow:auto;max-height:28rem}
.table{margin-top:14px}
.table>h3{margin-bottom:2px}
.parameters{columns:3 300px;column-gap:40px;margin-top:14px;font-size:.86rem;background:var(--surface);border:1px solid var(--border);border-radius:12px;padding:14px 18px}
.parameters div{display:flex;justify-content:space-between;gap:14px;break-inside:avoid;border-bottom:1px solid var(--grid);padding:3px 0}
.parameters dt{overflow-wrap:anywhere}
.parameters dd{font-variant-numeric:tabular-nums;text-align:right;overflow-wrap:anywhere}
footer{margin:40px 0 32px;padding-top:16px;border-top:1px solid var(--border);color:var(--muted);font-size:.84rem}
footer p+p{margin-top:6px}
footer code{font:.8rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.bare{border-left:4px solid var(--c-amber);background:var(--surface);padding:8px 14px;margin-top:16px}
@media print{body{background:#fff}.again button,.bar button,.under,nav,.skip{display:none}.card,.tile{break-inside:avoid}section{margin-top:22px}.charts{grid-template-columns:repeat(2,minmax(0,1fr))}}
`.replaceAll("\n", "");

/** Without scripts there are no charts: their tables are shown in their place. */
export const BARE_STYLE =
  ".plot,.legend,.under button,.bar button,.again button{display:none}details.numbers::details-content{content-visibility:visible;display:block;block-size:auto}";
