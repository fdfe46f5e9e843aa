// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Consents;
using Weir.Contracts.Events;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;

namespace Weir.Tests.Cases;

/// <summary>What a trigger told is kept as values and comes back as it was; only people get words.</summary>
public sealed class TriggerFactsTests
{
    private static readonly MeasuredTrigger Flood =
        new(80_000, 10_000, "packets/s", 10, 1, "192.0.2.1", "DNS reflector");

    public static TheoryData<TriggerFacts, string> All => new()
    {
        { Flood, "measured" }, { new ReportedTrigger("login-attack, told by nobody", "cert.example", "dkim"), "reported" },
        { new ConsentTrigger("d-00112233445566778899aabbccddeeff"), "consent" }, { new CleanUpTrigger(), "clean-up" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void They_come_back_as_they_were_under_their_kind(TriggerFacts facts, string kind)
    {
        var text = facts.Serialize();

        Assert.Equal(facts, TriggerFacts.Parse(text));
        using var json = JsonDocument.Parse(text);
        Assert.Equal(kind, json.RootElement.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("80000 packets/s against 10000 in 10 s, one in 1, told by 192.0.2.1")]
    [InlineData("{}")]
    [InlineData("""{"kind":"guessed"}""")]
    [InlineData("""{"kind":"consent"}""")]
    [InlineData("null")]
    public void What_is_none_is_refused(string text) => Assert.ThrowsAny<Exception>(() => TriggerFacts.Parse(text));

    [Fact]
    public void People_read_the_measure_its_exporter_and_where_it_was_found()
    {
        Assert.Equal(
            "80000 packets/s against 10000 in 10 s, one in 1, told by 192.0.2.1; DNS reflector",
            TriggerText.Format(Flood));
        Assert.EndsWith(
            "; found by looking back in sums by the hour; flows of before are not kept",
            TriggerText.Format(Flood, EventOrigin.Digests), StringComparison.Ordinal);
        Assert.Equal("80000 packets/s against 10000 in 10 s", TriggerText.FormatMeasure(Flood));
        Assert.Equal(
            "1 exchange against 1 in 600 s",
            TriggerText.FormatMeasure(
                Flood with { Value = 1, Threshold = 1, Unit = "exchanges", WindowSeconds = 600 }));
        Assert.Equal(
            "1 remote/10min against 10000 in 10 s",
            TriggerText.FormatMeasure(Flood with { Value = 1.001, Unit = "remotes/10min" }));
        Assert.Equal(
            "0.5 packets/s against 10000 in 10 s", TriggerText.FormatMeasure(Flood with { Value = 0.5 }));
        Assert.Equal("spam, told by cert.example, dkim", TriggerText.Format(new ReportedTrigger("spam", "cert.example", "dkim")));
    }

    [Fact]
    public void A_consent_is_known_by_its_number_and_by_nothing_else()
    {
        Assert.True(ConsentId.TryParse("d-00112233445566778899aabbccddeeff", out var id));
        Assert.Equal(id, new ConsentTrigger(id.ToString()!).Id);
        Assert.Null(new ConsentTrigger("consent of the customer d-00112233445566778899aabbccddeeff").Id);
    }

    /// <summary>A router's or a complainant's own words cannot pass for another fact.</summary>
    [Fact]
    public void Words_of_others_stay_where_they_are_whatever_they_say() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), (first, second) =>
            {
                // A half of a surrogate pair alone has no form in JSON.
                if ((first.Get + second.Get).Any(char.IsSurrogate))
                {
                    return;
                }

                var reported = new ReportedTrigger(first.Get, second.Get, "pgp");
                var measured = Flood with { Detail = first.Get, Exporter = second.Get };
                Assert.Equal(reported, TriggerFacts.Parse(reported.Serialize()));
                Assert.Equal(measured, TriggerFacts.Parse(measured.Serialize()));
            }).QuickCheckThrowOnFailure();
}
