"""Results in; terminal, HTML, Markdown, JUnit, SARIF and badge out.

Where to start: `cases` says what a report knows about a case and a rule, `summary` counts a run once for all
renderers, `write.write_reports` writes the files, `terminal.print_summary` is what a person sees at the end of a run.
Everything that an implementation said goes through `plain` before it is shown.
"""
