"""What a scenario's workbook says of itself."""

READ_ME_LINES = (
    ("What this is", ""),
    (
        "A scenario",
        "Who the clusters are, what care they buy, and which rules share surpluses and overspends.",
    ),
    (
        "To check it",
        "cluster-risk check NAME.xlsx says what it holds, or every problem with its sheet and cell.",
    ),
    ("To run it", "cluster-risk run NAME.xlsx; every other command takes it, too."),
    ("As a text file", "cluster-risk convert NAME.xlsx NAME.toml, and back; nothing is lost."),
    ("How to fill it in", ""),
    (
        "Yellow cells",
        "are for you. What is left empty is left out; the column what it is says what that means.",
    ),
    (
        "Grey cells",
        "count for nothing as things are: they belong to a choice that is not made, or a rule that is off.",
    ),
    ("Per cent", "Shares are shown in per cent: type 10%, or 0.1. A plain 10 is refused."),
    ("Lists of names", "stand in one cell with commas between; none stands for a list without any."),
    (
        "Lists of figures",
        "have a row each: 1, 2, 3. For more, add a row and call it the same with the next number.",
    ),
    ("More clusters, lines", "or actions: fill in the next column. To leave one out, delete its column."),
    ("Formulas", "may stand in any cell: what they come to counts, as it was when the file was saved."),
    (
        "Columns of your own",
        "have a heading that starts with #; other sheets of your own may be called anything.",
    ),
    ("The sheets", ""),
    (
        "Scheme",
        "What it is called, the PCT, when the contract runs, the files of tables, how much is simulated.",
    ),
    (
        "Clusters",
        "A column each: people, parts of budgets, whether it takes the practice share, its bond, its saving.",
    ),
    ("Practices", "Which practices each cluster has, a row each."),
    (
        "Service lines",
        "A column each: how often care is used, what it costs, how both vary, how hospitals are paid.",
    ),
    ("Budgets", "How budgets are set."),
    ("Rules", "Money rules; each with its place in the order within a year, or off."),
    ("Actions", "What clusters do about demand and bills, a column each; may be empty."),
    ("Shocks", "Chance that moves many cases at once: a line's year, a cluster's need, prices."),
    ("Doubt", "Figures of other sheets that are not known exactly, with an sd, or a low and a high."),
    ("Sources", "Where figures come from."),
    (
        "Sheets of tables",
        "say table in A1 and the name of their file in B1. Paste your own below, headings first.",
    ),
)
"""A name and what it means; a name alone starts a part."""
