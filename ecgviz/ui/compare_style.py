"""The look of the Compare page."""

__all__ = ["CSS"]

CSS = """<style>
.ev-cmp-frame { overflow-x: auto; }
.ev-cmp { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; width: 100%; }
.ev-cmp caption { text-align: left; opacity: .7; font-size: .85rem; padding-bottom: .2rem; }
.ev-cmp caption span { display: inline-block; position: sticky; left: 0; max-width: 92vw; }
.ev-cmp th, .ev-cmp td { text-align: left; vertical-align: top; font-weight: 400; padding: .28rem 1.1rem .28rem .5rem;
  border: none; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ev-cmp thead th { font-size: .85rem; font-weight: 600; vertical-align: bottom; }
.ev-cmp tbody th { min-width: 13rem; }
.ev-cmp tbody th span { font-size: .84rem; opacity: .72; }
.ev-cmp td { min-width: 8.5rem; }
.ev-cmp td i { font-style: normal; font-size: .84rem; opacity: .68; }
.ev-cmp b { font-weight: 600; }
.ev-cmp .ev-yes b { font-weight: 700; }
.ev-cmp .ev-no { opacity: .72; }
.ev-cmp .ev-cmp-on { background: color-mix(in srgb, #762a83 9%, transparent); }
.ev-cmp tbody th .ev-cmp-chip { font-size: .76rem; opacity: 1; padding: .02rem .5rem; border-radius: 1rem;
  border: 1px solid #b7791f; margin-left: .35rem; }
.ev-cmp-bar { display: block; position: relative; height: .42rem; margin-top: .22rem; max-width: 14rem;
  background: color-mix(in srgb, currentColor 11%, transparent); }
.ev-cmp-bar > span { display: block; height: 100%; background: color-mix(in srgb, currentColor 45%, transparent); }
.ev-yes + .ev-cmp-bar > span { background: #8d4fa0; }
.ev-cmp-bar > i { position: absolute; top: -.16rem; bottom: -.16rem; width: 2px; background: currentColor;
  opacity: 1 !important; }
.ev-cmp-small { width: auto; }
@media (max-width: 640px) { .ev-cmp tbody th { min-width: 9rem; } .ev-cmp th, .ev-cmp td { padding-right: .6rem; } }
.ev-cmp-key { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; align-items: center; font-size: .86rem; }
.ev-cmp-key span { opacity: .8; }
.ev-cmp-key i { display: inline-block; width: 5.5rem; height: .8rem; margin-right: .45rem; vertical-align: -.1rem;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
</style>"""
