// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Hosting.Auditing;

namespace Weir.Tests.Auditing;

public class CanonicalJsonTests
{
    [Fact]
    public void Text_is_written_as_RFC_8785_section_3_2_2_2_says()
    {
        // The string of the RFC's own sample (section 3.2.3): euro sign, dollar, control, line feed, and quotes.
        Assert.Equal(
            """{"string":"€$\u000f\nA'B\"\\\\\"/"}""", Write(json => json.Text("string", "€$\u000f\nA'B\"\\\\\"/")));
        Assert.Equal("""{"a":"\b\t\f\r\u0000"}""", Write(json => json.Text("a", "\b\t\f\r\0")));
    }

    [Fact]
    public void Members_out_of_order_and_numbers_beyond_53_bits_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Write(json =>
        {
            json.Text("b", "");
            json.Text("a", "");
        }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(json => json.Number("n", 1L << 53)));
        Assert.Equal("""{"n":-9007199254740991}""", Write(json => json.Number("n", -(1L << 53) + 1)));
    }

    [Fact]
    public void Any_text_in_an_entry_is_read_back_as_it_was() =>
        Prop.ForAll<string>(text =>
        {
            var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            var json = new CanonicalJson();
            var made = AuditRecord.Make(
                AuditFixture.Entry(1) with { Reason = text ?? "" }, 5, DateTimeOffset.UnixEpoch,
                AuditRecord.Beginning, json);
            var read = AuditRecord.Read(json.Written.ToArray(), new CanonicalJson());
            return read is not null && read.Hash == made.Hash && read.Entry.Reason == clean;
        }).QuickCheckThrowOnFailure();

    /// <summary>What came of an act stands in fields of its own: no figure is read out of a reason, and none can be
    /// changed without the hash.</summary>
    [Fact]
    public void Every_value_of_an_entry_is_read_back_as_it_was_and_stands_under_the_hash() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(uint? Collateral, uint? Lifetime, uint? Permuted)>(),
            ArbMap.Default.ArbFor<NonNull<string>>(),
            ArbMap.Default.ArbFor<NonNull<string>>(), (counts, first, second) =>
            {
                static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                var entry = AuditFixture.Entry(1) with
                {
                    Request = Clean(first.Get), Result = Clean(second.Get), Collateral = counts.Collateral,
                    LifetimeSeconds = counts.Lifetime, Permuted = counts.Permuted,
                };
                var json = new CanonicalJson();
                var made = AuditRecord.Make(entry, 5, DateTimeOffset.UnixEpoch, AuditRecord.Beginning, json);

                Assert.Equal(entry, AuditRecord.Read(json.Written.ToArray(), new CanonicalJson())?.Entry);
                AuditEntry[] others =
                [
                    entry with { Request = entry.Request + "1" }, entry with { Result = entry.Result + "1" },
                    entry with { Collateral = (entry.Collateral ?? -1) + 1 },
                    entry with { LifetimeSeconds = (entry.LifetimeSeconds ?? -1) + 1 },
                    entry with { Permuted = (entry.Permuted ?? -1) + 1 },
                ];
                Assert.All(others, other => Assert.NotEqual(
                    made.Hash,
                    AuditRecord.Make(other, 5, DateTimeOffset.UnixEpoch, AuditRecord.Beginning, new()).Hash));
            }).QuickCheckThrowOnFailure();

    private static string Write(Action<CanonicalJson> write)
    {
        var json = new CanonicalJson();
        json.Begin();
        write(json);
        json.End();
        return Encoding.UTF8.GetString(json.Written);
    }
}
