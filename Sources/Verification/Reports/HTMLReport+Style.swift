extension HTMLReport {
    /// The colours of text have a contrast of 4.5 and more against what they stand on, in both themes (WCAG 2.2,
    /// success criterion 1.4.3).
    static let style = """
        :root {
          --ground: #f6f7f9; --sheet: #ffffff; --ink: #1a2130; --quiet: #566074; --line: #dde1e8; --link: #1d4fa8;
          --code: #f1f3f6; --passed: #17693a; --passed-ground: #e3f4e9; --failed: #b3202c; --failed-ground: #fdeaea;
          --warned: #7f4d00; --warned-ground: #fdf1d8; --skipped-ground: #eceff3;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #11151c; --sheet: #191f29; --ink: #e6eaf1; --quiet: #a1acbd; --line: #2d3643; --link: #8ab4ff;
            --code: #12171f; --passed: #74d79b; --passed-ground: #143323; --failed: #ff9b9b; --failed-ground: #431d22;
            --warned: #f2c169; --warned-ground: #3a2c10; --skipped-ground: #262e3a;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        body {
          margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        code, pre, .compared dd {
          font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
          font-size: .875em;
        }
        a { color: var(--link); }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
        .page { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem 1rem; z-index: 1; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        header { background: var(--sheet); border-bottom: 1px solid var(--line); border-top: 4px solid var(--passed); }
        header.failed { border-top-color: var(--failed); }
        header .page { padding-top: 2rem; padding-bottom: 1.5rem; }
        .kicker { margin: 0; color: var(--quiet); font-size: .875rem; }
        h1 { margin: .1rem 0 1rem; font-size: clamp(1.5rem, 1.1rem + 2vw, 2.25rem); line-height: 1.2; }
        h2 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; }
        h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
        h4 { margin: 1rem 0 .35rem; font-size: .875rem; color: var(--quiet); }
        h2 + h3, h2 + article > h3 { margin-top: 0; }
        .facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; }
        .facts dt, .command dt, .compared dt { color: var(--quiet); font-size: .8125rem; }
        .facts dd, .command dd, .compared dd { margin: 0; }
        .body { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; padding-top: 1.25rem; }
        nav ul { display: flex; gap: .35rem .5rem; flex-wrap: wrap; list-style: none; margin: 0; padding: 0; }
        nav a {
          display: block; padding: .3rem .7rem; border-radius: 999px; background: var(--sheet); font-size: .875rem;
          border: 1px solid var(--line); color: var(--ink); text-decoration: none;
        }
        nav a:hover { border-color: var(--link); color: var(--link); }
        @media (min-width: 64rem) {
          .body { grid-template-columns: 13.5rem minmax(0, 1fr); gap: 2rem; padding-top: 2rem; }
          nav ul { position: sticky; top: 1.5rem; flex-direction: column; }
          nav a { border: 0; border-left: 2px solid var(--line); border-radius: 0; background: none; }
        }
        section {
          background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem;
          margin-bottom: 1.25rem;
        }
        section > :last-child, .found > :last-child { margin-bottom: 0; }
        .verdict { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: 1.25rem; }
        .verdict p { margin: 0; font-size: 1.0625rem; }
        .badge { font-weight: 650; font-size: 1.125rem; padding: .35rem .9rem; border-radius: 8px; }
        .passed > .badge { background: var(--passed-ground); color: var(--passed); }
        .failed > .badge { background: var(--failed-ground); color: var(--failed); }
        .tiles {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(6.25rem, 1fr)); gap: .75rem; list-style: none;
          margin: 0 0 1rem; padding: 0;
        }
        .tiles li {
          border: 1px solid var(--line); border-radius: 8px; padding: .65rem .9rem; color: var(--quiet);
          font-size: .875rem;
        }
        .tiles strong {
          display: block; font-size: 1.5rem; line-height: 1.25; color: var(--ink); font-variant-numeric: tabular-nums;
        }
        .tiles .passed strong { color: var(--passed); }
        .tiles .failed strong { color: var(--failed); }
        .tiles .vacuous strong, .tiles .broken strong { color: var(--warned); }
        .command { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1rem; margin: 0; }
        .command dt { padding-top: .1rem; }
        .scroll { overflow-x: auto; margin-bottom: 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
        th { text-align: left; font-size: .8125rem; color: var(--quiet); font-weight: 600; }
        th, td { padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        th:first-child, td:first-child { padding-left: 0; }
        td { min-width: 5.5rem; overflow-wrap: break-word; }
        td code { overflow-wrap: anywhere; }
        td:first-child, td:last-child { min-width: 9rem; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        pre {
          margin: 0 0 1rem; padding: .8rem 1rem; background: var(--code); border: 1px solid var(--line);
          border-radius: 8px; overflow: auto; max-height: 34rem; line-height: 1.5; overflow-wrap: normal;
        }
        pre code { font-size: .8125rem; }
        .suite + .suite { margin-top: 2rem; }
        .suite h3 { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; margin-bottom: 0; }
        .share { font-weight: 400; font-size: .875rem; color: var(--quiet); }
        .title { margin: .1rem 0 .6rem; color: var(--quiet); }
        .check { border-top: 1px solid var(--line); }
        .check:last-child { border-bottom: 1px solid var(--line); }
        summary {
          display: flex; gap: .75rem; align-items: baseline; padding: .55rem .25rem; cursor: pointer; list-style: none;
        }
        summary::-webkit-details-marker { display: none; }
        summary::after { content: "+"; margin-left: auto; color: var(--quiet); padding: 0 .35rem; }
        details[open] > summary::after { content: "−"; }
        summary:hover .name { text-decoration: underline; text-decoration-color: var(--quiet); }
        .pill {
          flex: none; min-width: 5.75rem; padding: .1rem .6rem; border-radius: 999px; font-size: .8125rem;
          font-weight: 600; white-space: nowrap; display: inline-block;
        }
        .pill.passed { background: var(--passed-ground); color: var(--passed); }
        .pill.failed { background: var(--failed-ground); color: var(--failed); }
        .pill.vacuous, .pill.broken { background: var(--warned-ground); color: var(--warned); }
        .pill.skipped { background: var(--skipped-ground); color: var(--quiet); }
        .found { padding: .1rem .25rem 1rem; }
        .found > p:first-child { margin-top: .25rem; }
        .compared { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .75rem; }
        .compared div { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .8rem; min-width: 0; }
        .notes { color: var(--quiet); font-size: .8125rem; margin: .5rem 0 0; }
        .checklist { list-style: none; margin: 0 0 1rem; padding: 0; }
        .checklist li { display: flex; gap: .65rem; padding: .2rem 0; align-items: baseline; }
        .box {
          flex: none; width: 1.1rem; height: 1.1rem; border: 1.5px solid var(--quiet); border-radius: 4px;
          line-height: 1; text-align: center; font-size: .875rem; align-self: flex-start; margin-top: .2rem;
        }
        .checklist .passed .box { border-color: var(--passed); background: var(--passed-ground); color: var(--passed); }
        .checklist .failed .box { border-color: var(--failed); }
        .checklist em { font-style: normal; font-size: .8125rem; font-weight: 600; color: var(--warned); }
        .checklist .failed em { color: var(--failed); }
        .checklist .skipped em { color: var(--quiet); }
        main > section > ul:not([class]), main > section > ol { margin: 0; padding-left: 1.35rem; }
        main li + li { margin-top: .2rem; }
        .tiles li + li, .checklist li + li { margin-top: 0; }
        footer { color: var(--quiet); font-size: .875rem; padding: .5rem 0 2.5rem; }
        @media (min-width: 64rem) { footer .page { padding-left: 16.75rem; } }
        @media (max-width: 40rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table, tbody, tr, td { display: block; }
          tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
          td, td.number { border: 0; padding: .1rem 0; min-width: 0; text-align: left; white-space: normal; }
          td::before { content: attr(data-label) ": "; color: var(--quiet); font-size: .8125rem; }
          nav ul { gap: .3rem; }
          nav a { padding: .2rem .6rem; font-size: .8125rem; }
        }
        @media (max-width: 30rem) {
          .page { padding-left: .85rem; padding-right: .85rem; }
          section { padding: 1.1rem .95rem; }
          summary { flex-wrap: wrap; gap: .15rem .6rem; position: relative; padding-right: 1.75rem; }
          summary::after { position: absolute; right: 0; }
          .name { flex-basis: 100%; }
        }
        @media print {
          :root {
            --ground: #ffffff; --sheet: #ffffff; --ink: #000000; --quiet: #444444; --line: #bbbbbb; --link: #000000;
            --code: #ffffff; --passed: #17693a; --failed: #b3202c; --warned: #7f4d00; --passed-ground: #ffffff;
            --failed-ground: #ffffff; --warned-ground: #ffffff; --skipped-ground: #ffffff;
          }
          body { font-size: 10.5pt; }
          nav, .skip { display: none; }
          .page { max-width: none; padding-left: 0; padding-right: 0; }
          .body { display: block; }
          .tiles { grid-template-columns: repeat(auto-fit, minmax(4.75rem, 1fr)); }
          section { border: 0; padding: 0; margin: 0 0 1.5rem; }
          footer .page { padding-left: 0; }
          h2, h3, h4, summary { break-after: avoid; }
          tr, .tiles li, .compared div { break-inside: avoid; }
          pre { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
          .pill, .badge { border: 1px solid currentColor; }
          summary::after, details[open] > summary::after { content: none; }
          details::details-content { content-visibility: visible; block-size: auto; }
        }
        """
}
