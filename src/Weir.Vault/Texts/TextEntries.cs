// SPDX-License-Identifier: Apache-2.0
//
// Everything that customers are told, by name, with the values each sentence may have. A language that lacks an entry,
// or has one that is not here, starts no vault.
using Weir.Contracts.Events;
using Weir.Contracts.Notices;

namespace Weir.Vault.Texts;

/// <summary>One entry of a language.</summary>
/// <param name="Name">As the file of a language writes it.</param>
/// <param name="Values">Placeholders that it may have.</param>
internal sealed record TextEntry(string Name, params string[] Values)
{
    /// <summary>Each line of it is an item.</summary>
    public bool IsList { get; init; }
}

/// <summary>The entries of every language.</summary>
internal static class TextEntries
{
    /// <summary>Values that every sentence of a mail may have.</summary>
    public static readonly string[] MailValues =
        ["name", "provider", "phone", "page", "link", "case", "endpoint", "first", "last"];

    private static readonly List<TextEntry> Known = [];

    public static readonly TextEntry LanguageName = Add("language.name");
    public static readonly TextEntry TimeFormat = Add("format.time");
    public static readonly TextEntry DayFormat = Add("format.day");
    public static readonly TextEntry DecimalMark = Add("format.decimal");
    public static readonly TextEntry GroupMark = Add("format.group");

    public static readonly TextEntry Seen = Add("title.seen");
    public static readonly TextEntry FarEnd = Add("label.far-end");
    public static readonly TextEntry First = Add("label.first");
    public static readonly TextEntry Last = Add("label.last");
    public static readonly TextEntry AskedAbout = Add("title.asked-about");
    public static readonly TextEntry From = Add("label.from");
    public static readonly TextEntry Until = Add("label.until");
    public static readonly TextEntry Traffic = Add("label.traffic");
    public static readonly TextEntry MeasuredLabel = Add("label.measured");
    public static readonly TextEntry Rule = Add("label.rule");
    public static readonly TextEntry CaseNumber = Add("label.case");
    public static readonly TextEntry ClassOut = Add("class.out", "protocol");
    public static readonly TextEntry ClassIn = Add("class.in", "protocol");
    public static readonly TextEntry ClassBoth = Add("class.both", "protocol");
    public static readonly TextEntry AnyProtocol = Add("class.any-protocol");
    public static readonly TextEntry OwnPort = Add("class.own-port", "port");
    public static readonly TextEntry Ports = Add("class.ports", "ports");
    public static readonly TextEntry Addresses = Add("class.far-end", "addresses");
    public static readonly TextEntry More = Add("class.more", "addresses");
    public static readonly TextEntry Measured = Add("measured", "value", "unit", "seconds", "threshold");

    public static readonly TextEntry Done = Add("title.done");
    public static readonly TextEntry NothingDone = Add("done.nothing");
    public static readonly TextEntry ToDo = Add("title.todo");
    public static readonly TextEntry Over = AddList("todo.over");

    public static readonly TextEntry Greeting = AddMail("greeting");
    public static readonly TextEntry GreetingNamed = AddMail("greeting.named");
    public static readonly TextEntry Closing = AddMail("closing");
    public static readonly TextEntry Call = AddMail("call");
    public static readonly TextEntry Genuine = AddMail("genuine");
    public static readonly TextEntry CallTitle = Add("title.call");
    public static readonly TextEntry GenuineTitle = Add("title.genuine");
    public static readonly TextEntry LinkTitle = Add("title.link");
    public static readonly TextEntry AboutLink = Add("about.link");
    public static readonly TextEntry SubjectAttacked = AddMail("subject.found.attacked");
    public static readonly TextEntry LeadAttacked = AddMail("lead.found.attacked");
    public static readonly TextEntry SubjectComplaint = AddMail("subject.found.complaint");
    public static readonly TextEntry LeadComplaint = AddMail("lead.found.complaint");
    public static readonly TextEntry SubjectAsked = AddMail("subject.found.asked");
    public static readonly TextEntry LeadAsked = AddMail("lead.found.asked");

    public static readonly TextEntry PageTitle = Add("page.title");
    public static readonly TextEntry PageLead = Add("page.lead");
    public static readonly TextEntry PageClean = Add("page.clean");
    public static readonly TextEntry PageAsks = Add("page.asks");
    public static readonly TextEntry Languages = Add("page.languages");
    public static readonly TextEntry Check = Add("check.title");
    public static readonly TextEntry CheckRunning = Add("check.running", "from", "until");
    public static readonly TextEntry CheckRunningSeen = Add("check.running-seen", "from", "until", "count");
    public static readonly TextEntry CheckRunningUnknown = Add("check.running-unknown", "until");
    public static readonly TextEntry CheckClean = Add("check.clean", "from", "until");
    public static readonly TextEntry CheckCleanSince = Add("check.clean-since", "from");
    public static readonly TextEntry CheckRunningUnwatched = Add("check.running-unwatched", "from", "until");
    public static readonly TextEntry CheckUnwatched = Add("check.unwatched", "until");
    public static readonly TextEntry CheckSeen = Add("check.seen", "until", "count");
    public static readonly TextEntry CheckUnknown = Add("check.unknown", "until");
    public static readonly TextEntry FixedTitle = Add("fixed.title");
    public static readonly TextEntry FixedLead = Add("fixed.lead");
    public static readonly TextEntry FixedButton = Add("fixed.button");
    public static readonly TextEntry FixedTaken = Add("fixed.taken");
    public static readonly TextEntry FixedRunning = Add("fixed.running");
    public static readonly TextEntry AppealTitle = Add("appeal.title");
    public static readonly TextEntry AppealLead = Add("appeal.lead");
    public static readonly TextEntry AppealLabel = Add("appeal.label");
    public static readonly TextEntry AppealButton = Add("appeal.button");
    public static readonly TextEntry AppealTaken = Add("appeal.taken");
    public static readonly TextEntry ConsentTitle = Add("consent.title");
    public static readonly TextEntry ConsentLead = Add("consent.lead", "hours");
    public static readonly TextEntry ConsentButton = Add("consent.button");
    public static readonly TextEntry ConsentTaken = Add("consent.taken");
    public static readonly TextEntry TakeBackButton = Add("take-back.button");
    public static readonly TextEntry TakenBack = Add("take-back.taken");
    public static readonly TextEntry KeptTitle = Add("kept.title");
    public static readonly TextEntry KeptWhat = Add("kept.what");
    public static readonly TextEntry KeptOpen = Add("kept.open", "days");
    public static readonly TextEntry KeptClosed = Add("kept.closed", "day");
    public static readonly TextEntry ContactTitle = Add("contact.title");

    /// <summary>Titles and texts of pages that say one thing.</summary>
    public static readonly (TextEntry Title, TextEntry Text) Refused = (Add("refused.title"), Add("refused.text"));
    public static readonly (TextEntry Title, TextEntry Text) Busy = (Add("busy.title"), Add("busy.text"));
    public static readonly (TextEntry Title, TextEntry Text) BadForm = (Add("bad-form.title"), Add("bad-form.text"));
    public static readonly (TextEntry Title, TextEntry Text) Away = (Add("away.title"), Add("away.text"));

    /// <summary>The entries of each finding, unit, action and step.</summary>
    private static readonly IReadOnlyList<TextEntry> Families =
    [
        .. CustomerFacts.Findings.SelectMany(found => new[] { Heading(found), About(found), Advice(found) }),
        .. Measurement.Units.SelectMany(unit => new[] { Unit(unit), UnitOfOne(unit) }),
        .. Enum.GetValues<ActionKind>().Select(Action),
        .. Enum.GetValues<NoticeStep>().SelectMany(step => new[] { Subject(step), Lead(step) }),
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, TextEntry> All { get; } =
        Known.Concat(Families).ToDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>What was found, as a heading.</summary>
    public static TextEntry Heading(string finding) => new($"{Words(finding)}.heading");

    /// <summary>What was found, in a sentence.</summary>
    public static TextEntry About(string finding) => new($"{Words(finding)}.about");

    /// <summary>What to do about it, step by step.</summary>
    public static TextEntry Advice(string finding) => new($"{Words(finding)}.todo") { IsList = true };

    public static TextEntry Unit(string unit) => new($"unit.{unit}");

    /// <summary>The same beside the number one.</summary>
    public static TextEntry UnitOfOne(string unit) => new($"unit.{unit}.one");

    public static TextEntry Action(ActionKind kind) => new($"done.{ActionTaken.ToName(kind)}", "what", "time");

    public static TextEntry Subject(NoticeStep step) => new($"subject.{NoticeNames.ToName(step)}", MailValues);

    public static TextEntry Lead(NoticeStep step) => new($"lead.{NoticeNames.ToName(step)}", MailValues);

    private static string Words(string finding) => DetectionRules.Find(finding)?.Words ?? $"finding.{finding}";

    private static TextEntry Add(string name, params string[] values)
    {
        Known.Add(new(name, values));
        return Known[^1];
    }

    private static TextEntry AddMail(string name) => Add(name, MailValues);

    private static TextEntry AddList(string name)
    {
        Known.Add(new(name) { IsList = true });
        return Known[^1];
    }
}
