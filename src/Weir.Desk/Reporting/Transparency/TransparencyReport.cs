// SPDX-License-Identifier: Apache-2.0
//
// transparency.json (rules.md R18): how often Weir looked, by what cause, what it refused, and what it keeps. Made from
// the audit alone; nobody stands in it, and counts about subscribers follow rule R11.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>The schema <c>weir.transparency/1</c>. A <see cref="PublishedValue"/> is a number, or words
/// such as "&lt;10".</summary>
internal sealed record TransparencyReport
{
    public const string SchemaName = "weir.transparency/1";

    public string Schema { get; init; } = SchemaName;

    public required string Profile { get; init; }

    public required ReportWindow Window { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Scopes that rules and complaints asked for, by rule.</summary>
    public required IReadOnlyList<NamedCount> Triggers { get; init; }

    /// <summary>Consents to a diagnosis that customers withdrew after they had opened a scope; how many opened one
    /// stands among <see cref="Triggers"/> as <c>consent</c> (rules.md R20).</summary>
    public PublishedValue ConsentsWithdrawn { get; init; }

    /// <summary>Every rule with its version that opened something.</summary>
    public required IReadOnlyList<string> RuleVersions { get; init; }

    public required ScopeCounts Scopes { get; init; }

    /// <summary>Distinct subjects with a scope; one whose case file was closed and opened anew counts twice.</summary>
    public required PublishedValue SubjectsScoped { get; init; }

    public required EvidenceCounts Evidence { get; init; }

    public required UnmaskingCounts Unmaskings { get; init; }

    /// <summary>What was refused, by its code; about those who asked, so counted exactly.</summary>
    public required IReadOnlyList<NamedCount> Refusals { get; init; }

    public required MitigationCounts Blocks { get; init; }

    /// <summary>Notifications that went out without anybody seeing to whom.</summary>
    public required PublishedValue Notifications { get; init; }

    public required RemediationCounts Remediation { get; init; }

    public required ComparisonCounts Comparisons { get; init; }

    /// <summary>What the policy in force allows to be kept.</summary>
    public required IReadOnlyList<NamedText> Retention { get; init; }

    /// <summary>SHA-256 of every policy text that was in force in the window.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    public required AuditFacts Audit { get; init; }

    // "<10" is to be read, and searched for, as it stands; the file is never put inside a page.
    private static readonly TransparencyJsonContext Context = new(
        new JsonSerializerOptions(TransparencyJsonContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        });

    public string ToJson() => JsonSerializer.Serialize(this, Context.TransparencyReport) + "\n";
}

internal sealed record NamedCount(string Name, PublishedValue Count);

internal sealed record NamedText(string Name, string Value);

internal sealed record ScopeCounts(
    PublishedValue Opened, PublishedValue Renewed, PublishedValue Expired, PublishedValue Sealed,
    PublishedValue CasesClosed);

internal sealed record EvidenceCounts(long Reads, long Counts, long Refused, long Erasures);

internal sealed record UnmaskingCounts(long Asked, long Disclosed, long Refused);

/// <param name="Ordered">Blocks that two people, or the policy, ordered.</param>
/// <param name="InForce">Of those, blocks that a router or resolver confirmed.</param>
/// <param name="MedianLifeSeconds">Time in force of those that ended; null where none did.</param>
/// <param name="Collateral">Other subjects that contacted what was blocked, as estimated when it was; summed.</param>
/// <param name="Overturned">On appeal or review.</param>
internal sealed record MitigationCounts(
    long Ordered, long InForce, double? MedianLifeSeconds, long Collateral, long Overturned);

/// <param name="Ended">Checks that came to their end after a clean-up.</param>
/// <param name="Clean">Of those, without a further contact, all of it watched and the line active.</param>
/// <param name="NotKnown">Of those, without a further contact, and not all of it watched.</param>
internal sealed record RemediationCounts(PublishedValue Ended, PublishedValue Clean, PublishedValue NotKnown);

/// <param name="Runs">Runs of the differential engine.</param>
/// <param name="PermutedDiscoveries">What the same runs found among shuffled labels, where nothing
/// is to be found.</param>
internal sealed record ComparisonCounts(long Runs, long PermutedDiscoveries);

internal sealed record AuditFacts(
    long Entries, long FirstSequence, long LastSequence, long Heads, long LastHead, long LastHeadSize,
    string LastHeadRoot, bool Sound, string Fault, long ClockSteps, long KeysErased, long TornLines);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    NewLine = "\n", Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(TransparencyReport))]
internal sealed partial class TransparencyJsonContext : JsonSerializerContext;
