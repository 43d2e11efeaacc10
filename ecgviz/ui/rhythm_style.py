"""The look of the Rhythm page."""

__all__ = ["CSS"]

CSS = """<style>
.ev-nums { display: flex; flex-wrap: wrap; gap: .1rem 1.35rem; margin: 0 !important;
  padding: 0 !important; font-variant-numeric: tabular-nums; }
.ev-nums div { display: flex; flex-direction: column; line-height: 1.25; }
.ev-nums dt { font-size: .76rem; opacity: .68; }
.ev-nums dd { margin: 0; font-size: 1.06rem; font-weight: 600; }
.ev-nums dd span { font-weight: 400; opacity: .75; }
.ev-mark { position: absolute; pointer-events: none; z-index: 5; }
.ev-mark-moment { background: #0b4f8a; opacity: .75; }
.st-key-ev-overview .ev-mark-moment { opacity: .9; }
.ev-mark-window { background: color-mix(in srgb, #762a83 20%, transparent); border: 1px solid #762a83;
  border-radius: 2px; }
.st-key-ev-overview .nsewdrag, .st-key-ev-detail .nsewdrag { cursor: pointer; }
.st-key-ev-detail { overflow-x: auto; border-radius: 4px; }
.st-key-ev-tools button, .st-key-ev-moves button { min-height: 1.95rem; padding: .1rem .55rem; }
.st-key-ev-tools, .st-key-ev-moves { row-gap: .35rem; }
.ev-said { font-size: .88rem; margin: 0; }
.ev-keys { border-collapse: collapse; font-size: .9rem; }
.ev-keys td { padding: .12rem 1rem .12rem 0; border: none; }
.ev-keys kbd { font: inherit; font-size: .84rem; padding: .02rem .35rem; border-radius: 4px;
  border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
.ev-probs { display: grid; grid-template-columns: max-content 1fr max-content; gap: .3rem .6rem; align-items: center;
  font-variant-numeric: tabular-nums; font-size: .92rem; margin: 0; }
.ev-probs i { display: block; height: .55rem; border-radius: 2px;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.ev-probs i i { background: #762a83; min-width: 1px; }
.ev-defs dt { font-weight: 600; font-size: .9rem; }
.ev-defs dd { margin: 0 0 .4rem; font-size: .88rem; }
.st-key-ev-tools [class*="st-key-rhythm-do-"]:nth-child(-n+5) kbd { display: none; }
@media (max-width: 640px) { .ev-nums { gap: .2rem .9rem; } .ev-nums dd { font-size: .98rem; } }
</style>"""
