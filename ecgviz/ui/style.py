"""What the theme in .streamlit/config.toml cannot say: density, tabular figures, chips, the footer."""

__all__ = ["CSS"]

CSS = """<style>
.stMainBlockContainer { padding: 3.9rem 1.5rem 2.6rem; max-width: none; }
.stMainBlockContainer > div > .stVerticalBlock { gap: .55rem; }
[data-testid="stSidebarUserContent"] { padding-top: 0; }
[data-testid="stSidebarHeader"] { height: 2.6rem; margin-bottom: 0; padding-bottom: 0; }
.ev-line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .9rem;
  font-variant-numeric: tabular-nums; }
.ev-line b { font-size: 1.12rem; font-weight: 600; }
.ev-line span { opacity: .78; }
.ev-line .ev-badge { opacity: 1; font-size: .8rem; padding: .05rem .55rem; border-radius: 1rem;
  border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
.ev-line .ev-simulated { border-style: dashed; }
[class*="st-key-chip-"] button { min-height: 1.7rem; padding: 0 .55rem; font-size: .82rem; border-radius: 1rem; }
[class*="st-key-chip-"][class*="-error-"] button { border-color: #c93a31;
  color: color-mix(in srgb, #d6453d 65%, currentColor); }
[class*="st-key-chip-"][class*="-warning-"] button { border-color: #b7791f; }
[class*="st-key-chip-"] button p { font-size: .82rem; }
.st-key-ev-head { min-height: 2.1rem; }
.ev-flag { max-width: 22rem; margin: 0 0 .4rem; font-size: .9rem; }
.st-key-ev-paper { overflow-x: auto; border-radius: 4px; }
.st-key-ev-paper > * { min-width: 720px; }
/* A fading sheet is painted anew in every frame of the fade; it costs more than the answer that is waited for. */
.stMainBlockContainer [data-stale] { opacity: 1 !important; transition: none !important; }
.ev-table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
.ev-table caption { text-align: left; opacity: .7; font-size: .85rem; padding-bottom: .3rem; }
.ev-table th, .ev-table td { text-align: left; font-weight: 400; padding: .16rem 1.1rem .16rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ev-table td:nth-of-type(1) { text-align: right; font-weight: 600; padding-right: .35rem; }
.ev-table td:last-child { opacity: .65; }
.ev-note { margin: .1rem 0; font-size: .88rem; opacity: .75; }
.ev-sentence { font-size: 1.08rem; margin: 0; }
.ev-caption { font-size: .82rem; opacity: .68; margin: 0; font-variant-numeric: tabular-nums; }
.ev-foot { position: fixed; left: 0; right: 0; bottom: 0; z-index: 90; text-align: center; font-size: .78rem;
  line-height: 1.7rem; height: 1.7rem; pointer-events: none; overflow: hidden; }
.ev-foot.ev-light { background: #ffffff; color: #57606a; border-top: 1px solid #e6e3ea; }
.ev-foot.ev-dark { background: #14161b; color: #a9b1bb; border-top: 1px solid #2b2f38; }
[data-testid="stSidebarContent"] { padding-left: 0; padding-right: 0; }
[data-testid="stSidebarUserContent"] { padding-left: 1.1rem; padding-right: 1.1rem; }
[data-testid="stSidebar"] [data-testid="stButtonGroup"] button { flex: 1 1 30%; padding: .1rem .3rem;
  min-height: 1.9rem; }
[data-testid="stSidebar"] [data-testid="stButtonGroup"] button p { font-size: .84rem; }
.ev-says { min-height: 5.4rem; }
.ev-doubt { font-size: .86rem; border-left: 3px solid #b7791f; padding-left: .7rem; }
.ev-doubt ul { margin: .15rem 0 0; padding-left: 1rem; }
.ev-list { margin: 0; padding-left: 1.1rem; font-size: .92rem; }
.ev-list li { margin: .15rem 0; }
.ev-facts { display: grid; grid-template-columns: max-content 1fr; gap: .32rem 1rem; margin: 0; font-size: .9rem; }
dl.ev-facts { margin: 0 !important; padding: 0 !important; }
.ev-facts dt { opacity: .62; }
.ev-facts dd { margin: 0; }
.ev-facts dd.ev-not { font-weight: 600; }
.stMainBlockContainer h3 { font-size: 1.3rem; padding: .6rem 0 .2rem; }
.st-key-ev-networks [role="radiogroup"] { max-height: 15.5rem; overflow-y: auto; flex-wrap: nowrap; width: 100%; }
.st-key-empty { padding: 12vh 0; text-align: center; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3.9rem .6rem 3.4rem; }
  .ev-foot { height: auto; line-height: 1.15rem; padding: .15rem .4rem; }
  .ev-facts { grid-template-columns: 1fr; gap: .1rem; }
  .ev-facts dd { margin-bottom: .4rem; }
}
</style>"""
