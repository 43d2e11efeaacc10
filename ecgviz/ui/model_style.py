"""The look of the Models page."""

__all__ = ["CSS"]

CSS = """<style>
.st-key-ev-models { max-height: max(22rem, calc(100vh - 25rem)); }
.st-key-ev-models, .st-key-ev-mtop { overflow-y: auto; scrollbar-gutter: stable; scrollbar-width: thin; }
.st-key-ev-mtop { padding: 0 .6rem; }
[class*="st-key-ev-model-"] { padding: .3rem .6rem .35rem;
  border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
[class*="st-key-ev-model-open-"] { background: color-mix(in srgb, #9c4fc0 13%, transparent); border-radius: 6px; }
[class*="st-key-ev-model-"] [data-testid="stButton"] button { justify-content: flex-start; text-align: left;
  min-height: 0; padding: 0; }
[class*="st-key-ev-model-"] [data-testid="stButton"] button p { font-size: .98rem; font-weight: 600; line-height: 1.3;
  white-space: normal; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
[class*="st-key-ev-model-"] .stColumn > div { gap: .1rem; }
.ev-mgrid { display: grid; grid-template-columns: .85fr .6fr .65fr repeat(var(--scores), 1.1fr); gap: .5rem;
  font-variant-numeric: tabular-nums; }
.ev-mgrid > div { min-width: 0; }
.ev-mhead { font-size: .82rem; opacity: .68; }
.ev-mcell b { display: block; font-size: 1.04rem; font-weight: 600; line-height: 1.3; }
.ev-mcell i { font-style: normal; font-size: .74rem; opacity: .68; white-space: nowrap; letter-spacing: -.01em; }
.ev-mnote { font-size: .8rem; opacity: .78; line-height: 1.3; }
.ev-claims { display: grid; gap: 0; font-variant-numeric: tabular-nums; font-size: .9rem; }
.ev-claim { display: grid; grid-template-columns: 1.5fr .9fr .9fr 1fr 1.2fr 4fr; gap: .2rem .8rem; padding: .4rem 0;
  border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
.ev-claim > div { min-width: 0; overflow-wrap: anywhere; }
.ev-claim b { font-weight: 600; }
.ev-claim i { font-style: normal; white-space: nowrap; font-size: .84rem; opacity: .75; }
.ev-claim .ev-why { font-size: .84rem; opacity: .8; line-height: 1.4; }
.ev-claim.ev-mhead { border-top: none; padding: 0; }
.ev-pair { font-size: 1.02rem; margin: .2rem 0; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  .st-key-ev-mtop, .ev-claim.ev-mhead { display: none; }
  .ev-mgrid { grid-template-columns: repeat(auto-fill, minmax(6.4rem, 1fr)); }
  .ev-mcell::before, .ev-claim > div::before { content: attr(data-name); display: block; font-size: .76rem;
    opacity: .68; }
  .ev-claim { grid-template-columns: 1fr 1fr; }
  .ev-claim .ev-why { grid-column: 1 / -1; }
}
</style>"""
