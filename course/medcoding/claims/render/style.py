"""The look of a form: a grid of 24 columns, the colors of the page it stands on, light or dark.

Rules for tables are as specific as those of a notebook's output, which would else set every cell to the right.
A finding has a border of its own kind (double for an error, dashed for a look again, dotted for the rest), a sign and a word.
"""

STYLE = "".join(
    line.strip()
    for line in """
.mc-claim{color-scheme:light dark;--p:var(--jp-layout-color1,Canvas);--x:var(--jp-content-font-color1,CanvasText);
--n:color-mix(in srgb,var(--x) 72%,#c4161c);--r:color-mix(in srgb,var(--x) 45%,#c4161c 30%);--a:color-mix(in srgb,var(--x) 30%,#d3131a);
--h:color-mix(in srgb,var(--x) 30%,#b36200);--s:color-mix(in srgb,var(--p) 93%,var(--x));
container:mc-claim/inline-size;max-width:74rem;margin:.5rem 0;padding:.6rem;background:var(--p);color:var(--x);font:400 13px/1.35 var(--jp-ui-font-family,system-ui,sans-serif)}
.mc-claim *{box-sizing:border-box}
.mc-claim .y{margin:.8rem 0 .2rem;font-weight:700;font-size:1.1em}
.mc-claim .y:first-of-type{margin-top:0}
.mc-claim .f{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));margin:0;padding:0;border:solid var(--r);border-width:1px 0 0 1px}
.mc-claim .b{grid-column:span var(--w);min-width:0;padding:.15rem .35rem .2rem;border:solid var(--r);border-width:0 1px 1px 0}
.mc-claim .f dt{margin:0;padding:0;float:none;width:auto;font-size:.8em;font-weight:400;color:var(--n);white-space:normal}
.mc-claim .f dt b,.mc-claim th b,.mc-claim .c b{color:var(--n);font-weight:700}
.mc-claim .f dd{margin:0;padding:0;float:none;width:auto;min-height:1.35em;font-weight:500;overflow-wrap:anywhere}
.mc-claim .f .s{font-weight:700;font-size:1.15em}
.mc-claim .g{display:grid;grid-template-columns:repeat(auto-fill,minmax(var(--c,5rem),1fr));gap:.1rem .4rem}
.mc-claim .c{padding:0 .2rem;border-radius:2px}
.mc-claim .x{overflow-x:auto;margin:0;border:solid var(--r);border-width:0 1px}
.mc-claim .x:focus-visible{outline:3px solid var(--jp-brand-color1,Highlight);outline-offset:-1px}
.mc-claim table{width:100%;margin:0;border-collapse:collapse;font-size:1em;table-layout:auto;border:0}
.mc-claim caption{padding:.1rem .35rem;text-align:left;font-size:.8em;color:var(--n);caption-side:top}
.mc-claim thead{border:0}
.mc-claim .x tr,.mc-claim .x tbody tr:nth-child(n){background:none}
.mc-claim .x tbody tr:nth-child(odd){background:var(--s)}
.mc-claim .x :is(th,td){padding:.2rem .35rem;border:1px solid var(--r);text-align:left;vertical-align:top;font-weight:500;white-space:normal;max-width:none}
.mc-claim .x thead th{font-size:.8em;font-weight:400;color:var(--n)}
.mc-claim .x :is(th,td).r{text-align:right;font-variant-numeric:tabular-nums}
.mc-claim :is(.b,.c,th,td).e{outline:4px double var(--a);outline-offset:-3px}
.mc-claim :is(.b,.c,th,td).w{outline:3px dashed var(--h);outline-offset:-3px}
.mc-claim :is(.b,.c,th,td):is(.h,.i){outline:2px dotted var(--x);outline-offset:-2px}
.mc-claim .t{display:block;width:max-content;max-width:100%;margin:.1rem 0 .15rem;padding:0 .35em;border:1px solid;border-radius:3px;background:var(--p);font-size:.86em;font-weight:700;text-align:left}
.mc-claim .e>.t,.mc-claim .e dd>.t,.mc-claim li.e strong{color:color-mix(in srgb,var(--x) 45%,#d3131a)}
.mc-claim .l{margin:.2rem 0 0;padding-left:1.8rem}
.mc-claim .l li{margin:.25rem 0;padding:0;border:0;outline:0;font-size:1em}
.mc-claim cite{font-style:normal;color:var(--n)}
.mc-claim .z{display:none;margin:0;font-size:.9em;padding:.2rem .35rem;border:solid var(--r);border-width:0 1px;font-weight:600}
.mc-claim .q{margin:.2rem 0;font-size:.92em}
@container mc-claim (max-width:46rem){.mc-claim .f{grid-template-columns:repeat(12,minmax(0,1fr))}.mc-claim .b{grid-column:span min(12,var(--w))}.mc-claim .z{display:block}}
""".strip().splitlines()
)
