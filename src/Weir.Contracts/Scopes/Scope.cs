// SPDX-License-Identifier: Apache-2.0
//
// A scope: leave to look at one class of one subject's traffic for one time and one purpose (rules.md R3 to R6). A
// value that never changes; a further fact is a further event and a further scope. Only CaseHandler makes one.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Scopes;

/// <summary>Number of a case file, written <c>c-</c> and 16 hexadecimal digits.</summary>
public readonly record struct CaseId(ulong Number)
{
    public static bool TryParse(string text, out CaseId id)
    {
        var known = IdText.TryParse(text, "c-", out var number);
        id = new(number);
        return known;
    }

    public override string ToString() => IdText.Write("c-", Number);
}

/// <summary>Number of a scope, written <c>s-</c> and 16 hexadecimal digits.</summary>
public readonly record struct ScopeId(ulong Number)
{
    public static bool TryParse(string text, out ScopeId id)
    {
        var known = IdText.TryParse(text, "s-", out var number);
        id = new(number);
        return known;
    }

    public override string ToString() => IdText.Write("s-", Number);
}

/// <summary>What a flow inside a scope may be read for (R6). Nothing else is ever collected.</summary>
[Flags]
public enum ScopeFields : ushort
{
    None = 0,
    Time = 1,
    Protocol = 2,
    RemoteAddress = 4,
    RemotePort = 8,
    Packets = 16,
    Octets = 32,
    Flags = 64,
    Direction = 128,
    All = 255,
}

/// <summary>What may be done because of a scope (R14).</summary>
[Flags]
public enum ScopeActions : byte
{
    None = 0,
    Read = 1,
    Notify = 2,
    Block = 4,

    /// <summary>A boolean and a count, no rows: remediation checks.</summary>
    Count = 8,
    Disclose = 16,
}

/// <summary>One scope. Times are milliseconds since the UNIX epoch, UTC, of the flows' own clock.</summary>
public sealed record Scope
{
    /// <summary>How far a scope reaches back before the first evidence, and beyond the last (R5).</summary>
    public const long BeforeMs = 5 * 60_000;
    public const long AfterMs = 15 * 60_000;

    /// <summary>A scope ends this long after its first evidence unless fresh evidence renews it (R5).</summary>
    public const long CapMs = 72 * 3_600_000L;

    internal Scope()
    {
    }

    public required ScopeId Id { get; init; }

    public required CaseId Case { get; init; }

    /// <summary>Pseudonym of the epoch in which the event was seen.</summary>
    public required SubjectKey Subject { get; init; }

    public required TrafficClass Class { get; init; }

    public required Purpose Purpose { get; init; }

    public ScopeFields Fields { get; init; } = ScopeFields.All;

    public required ScopeActions Actions { get; init; }

    /// <summary>The rule or complaint that opened it: <c>flood-out/3</c>, <c>complaint/xarf</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>First evidence less <see cref="BeforeMs"/>.</summary>
    public required long FromMs { get; init; }

    /// <summary>No flow that starts later is ever inside.</summary>
    public required long ExpiresMs { get; init; }

    /// <summary>Whether what is asked for lies inside, whole.</summary>
    public bool Covers(FlowPredicate asked, long fromMs, long untilMs) =>
        asked.IsWithin(Class.Predicate) && fromMs >= FromMs && untilMs <= ExpiresMs && fromMs <= untilMs;
}

/// <summary>What the shard that owns a subject has to watch for: flows of it that go to the
/// evidence of a scope.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Subject">The subject's address block or line number; in memory only.</param>
/// <param name="Class">Its class.</param>
/// <param name="FromMs">First flow start that counts.</param>
/// <param name="UntilMs">First flow start that does not; slides while the event lasts.</param>
public sealed record ScopeWatch(ScopeId Scope, Wire.IpKey Subject, FlowPredicate Class, long FromMs, long UntilMs)
{
    /// <summary>Whether its grounds are not corroborated: flows that are not either are in it, and in no
    /// other.</summary>
    public bool IsSealed { get; init; }

    /// <summary>What the order rests on that it follows from; 0 where nobody ordered it.</summary>
    public ulong Basis { get; init; }
}

internal static class IdText
{
    public static string Write(string prefix, ulong number) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:x16}");

    public static bool TryParse(string text, string prefix, out ulong number)
    {
        number = 0;
        return text.StartsWith(prefix, StringComparison.Ordinal)
            && text.Length == prefix.Length + 16
            && ulong.TryParse(
                text.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
