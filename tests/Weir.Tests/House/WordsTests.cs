// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Tests.Support;

namespace Weir.Tests.House;

/// <summary>Facts travel as values: what is written for people is made where they read it, and no code reads it back.
/// Members that carry such words are known by their names.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void No_code_takes_apart_what_is_written_for_people() => Breaches.None(Hits(TakenApart()));

    [Fact]
    public void No_code_decides_by_what_is_written_for_people() => Breaches.None(Hits(Compared()));

    [Theory]
    [InlineData("leases.Where(l => l.Reason.StartsWith(Stopped, StringComparison.Ordinal))")]
    [InlineData("held.Grounds.IndexOf(\", one in \", StringComparison.Ordinal)")]
    [InlineData("if (fault.Message.Contains(path))")]
    [InlineData("var word = why.Split(' ')[0];")]
    [InlineData("Teller().Replace(file.Grounds, \"\")")]
    [InlineData("Form().Match(scope.Facts.Reason)")]
    [InlineData("Form().IsMatch(reason)")]
    [InlineData("var at = entry.Reason[..4];")]
    public void What_takes_words_apart_is_found(string line) => Assert.Matches(TakenApart(), line);

    [Theory]
    [InlineData("l => l.Reason == DryRun")]
    [InlineData("if (lease.Reason is \"clean\")")]
    [InlineData("entry.Reason switch")]
    [InlineData("where lease.State != next.State || lease.Why != \"gone\"")]
    public void What_compares_words_is_found(string line) => Assert.Matches(Compared(), line);

    [Theory]
    [InlineData("Reason = $\"{step} by {proof.Channel}\",")]
    [InlineData("l.Reason.Code == LeaseReasonCode.EmergencyStop")]
    [InlineData("disclose.Reason.Trim().Length")]
    [InlineData("closing.Why != ladder.Why")]
    [InlineData("verdict.Fault == GroundsFault.None")]
    public void What_passes_words_on_is_none(string line)
    {
        Assert.DoesNotMatch(TakenApart(), line);
        Assert.DoesNotMatch(Compared(), line);
    }

    private static IEnumerable<string> Hits(Regex wrong) =>
        from file in Repository.Sources("src")
        from line in file.Lines.Index()
        where wrong.IsMatch(line.Item)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";

    [GeneratedRegex(
        @"(\.(Why|Reason|ReasonDetail|Message|Grounds|Sentence|Threat|Necessity|Alternatives|Words)"
        + @"|\b(why|reason|grounds))[!?]?"
        + @"(\.(StartsWith|EndsWith|Contains|Split|IndexOf\w*|LastIndexOf\w*|Replace|Substring|Remove|AsSpan)\(|\[(\.\.|\^|\w+\.\.))"
        + @"|\(\)\.(Match|Matches|IsMatch|Replace|Split)\(((\w+\.)*(Why|Reason|ReasonDetail|Message|Grounds|Sentence)|why|reason|grounds)\b")]
    private static partial Regex TakenApart();

    [GeneratedRegex(
        @"\.(Why|Reason|Message|Grounds|Sentence)[!?]? (switch\b|((==|!=|is|is not) (""[^""]|[A-Z]\w*\b(?![.(\[]))))")]
    private static partial Regex Compared();
}
