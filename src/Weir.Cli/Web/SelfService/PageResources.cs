// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Desk.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>All that a page says in one language, so that none lacks what another has. Sentences name no brand and
/// promise nothing that Weir does not do.</summary>
internal abstract class PageResources
{
    public abstract Language Language { get; }

    /// <summary>The language's own name, for the link to it.</summary>
    public abstract string Name { get; }

    public abstract string Title { get; }

    public abstract string Lead { get; }

    /// <summary>Against those who imitate such pages (RFC 6561 section 5.2).</summary>
    public abstract string Asks { get; }

    public abstract string Languages { get; }

    public abstract string Seen { get; }

    public abstract string First { get; }

    public abstract string Last { get; }

    public abstract string FarEnd { get; }

    public abstract string Traffic { get; }

    public abstract string Measured { get; }

    public abstract string Rule { get; }

    public abstract string Done { get; }

    public abstract string NothingDone { get; }

    public abstract string ToDo { get; }

    public abstract string Check { get; }

    public abstract string FixedTitle { get; }

    public abstract string FixedLead { get; }

    public abstract string FixedButton { get; }

    public abstract string Checking { get; }

    public abstract string AppealTitle { get; }

    public abstract string AppealLead { get; }

    public abstract string AppealLabel { get; }

    public abstract string AppealButton { get; }

    public abstract string KeptTitle { get; }

    public abstract string NotKept { get; }

    public abstract string ContactTitle { get; }

    public abstract string CaseNumber { get; }

    public abstract string FixedTaken { get; }

    public abstract string AppealTaken { get; }

    public abstract string RefusedTitle { get; }

    public abstract string Refused { get; }

    public abstract string BusyTitle { get; }

    public abstract string Busy { get; }

    public abstract string BadFormTitle { get; }

    public abstract string BadForm { get; }

    public abstract string AwayTitle { get; }

    public abstract string Away { get; }

    /// <summary>A time, UTC, said so.</summary>
    public abstract string Time(DateTimeOffset at);

    /// <summary>A day, UTC.</summary>
    public abstract string Day(DateTimeOffset at);

    /// <summary>What a scope is about, as its heading.</summary>
    public abstract string Heading(FindingKind matter);

    /// <summary>What was seen, in a sentence.</summary>
    public abstract string About(FindingKind matter);

    /// <summary>What to do about it, step by step.</summary>
    public abstract IReadOnlyList<string> Steps(FindingKind matter);

    /// <summary>A class of traffic.</summary>
    public abstract string Class(FlowPredicate named);

    /// <summary>What was measured against what; <paramref name="grounds"/> as the rule wrote it.</summary>
    public abstract string Grounds(string grounds);

    public abstract string Doing(ActiveMeasure doing);

    /// <summary>What the check says.</summary>
    public abstract string Checked(CustomerCheckView check);

    public abstract string Kept(CustomerCaseView shown);

    public static PageResources In(Language language) => language switch
    {
        Language.En => EnglishPageResources.Instance,
        Language.De => GermanPageResources.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Not a language of the pages."),
    };

    protected static string Ports(FlowPredicate named) => string.Join(", ", named.RemotePorts);

    protected static string Remotes(FlowPredicate named, string more)
    {
        const int Most = 8;
        return named.Remotes.Length <= Most
            ? string.Join(", ", named.Remotes)
            : $"{string.Join(", ", named.Remotes.Take(Most))} {more}";
    }

    protected static string Protocol(FlowPredicate named) => Protocols.ToName(named.Protocol).ToUpperInvariant();
}
