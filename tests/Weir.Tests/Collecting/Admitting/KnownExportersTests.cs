// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Hosting.Health;
using Weir.Tests.Hosting;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Collecting.Admitting;

/// <summary>Whose datagrams are decoded (rules.md R21; attacks 10 and 39).</summary>
public sealed class KnownExportersTests
{
    private const long At = 1_767_571_200_000;
    private static readonly IpKey Router = IpKey.Parse("192.0.2.1");
    private static readonly IpKey Stranger = IpKey.Parse("198.51.100.66");
    private static readonly KnownExporterOptions Ours = new() { Network = Prefix.Parse("192.0.2.0/28") };
    private static readonly byte[] Record =
        V5Record("10.0.0.1", "198.51.100.7", 40_000, 443, 10, 1_000);

    [Trait("Attack", "10")]
    [Fact]
    public void Only_exporters_that_are_named_are_decoded_and_a_stranger_leaves_a_number_and_nothing_else()
    {
        var known = Known(Ours);
        var decoder = new Decoder(DecodingOptions.OfFiles) { Known = known };

        Assert.Equal((3, 0), (Flows(decoder, Router, 2_055), Flows(decoder, Stranger, 2_055)));
        Assert.Equal((2, 1, 1), (decoder.Datagrams, decoder.Clean, decoder.Unlisted));
        Assert.Equal(Router, Assert.Single(decoder.List()).Address);
        Assert.Equal(
            new UnlistedSender(Stranger, AdmissionFault.UnknownExporter, 1, At), Assert.Single(known.List()));
    }

    [Fact]
    public void Another_port_and_another_domain_of_a_named_exporter_are_refused()
    {
        var known = Known(
            Ours with { SourcePort = 2_055 },
            new() { Network = Prefix.Parse("192.0.2.1"), SourcePort = 4_000, Domains = [7, 8] });
        var decoder = new Decoder(DecodingOptions.OfFiles) { Known = known };

        // The longest match counts; NetFlow v5 of the maker speaks for engine 1, 2.
        Assert.Equal(0, Flows(decoder, Router, 2_055));
        Assert.Equal(0, Flows(decoder, Router, 4_000));
        Assert.Equal((AdmissionFault.OtherPort, 1L), known.List().Select(one => (one.Fault, one.Datagrams)).Single());
        Assert.Equal(1, decoder.Find(Router)!.OtherDomains);

        // A reload counts from the next datagram on.
        known.Replace([new() { Network = Prefix.Parse("192.0.2.1"), Domains = [0x0102] }]);
        Assert.Equal(3, Flows(decoder, Router, 4_000));
    }

    /// <summary>Else whoever forges its address by UDP is believed after ten minutes, keys or not.</summary>
    [Fact]
    public void A_row_that_names_keys_is_heard_over_tls_alone()
    {
        var bound = Ours with { Keys = ["sha256:" + new string('0', 64)] };
        var known = Known(bound);
        Assert.False(known.Admit(Router, 2_055, At));
        Assert.Equal(AdmissionFault.NeedsTls, known.AdmitSession(Router, ExportTransport.Tcp, At));
        Assert.Null(known.AdmitSession(Router, ExportTransport.Tls, At));
        Assert.Equal(AdmissionFault.UnknownExporter, known.AdmitSession(Stranger, ExportTransport.Tls, At));
        Assert.Equal(
            [("needs-tls", 2L), ("unknown-exporter", 1L)],
            known.List().Select(one => (KnownExporters.ToName(one.Fault), one.Datagrams)).Order());

        // In a lab a key forbids nothing.
        Assert.True(new KnownExporters(isOpen: true, [bound]).Admit(Router, 2_055, At));
    }

    [Trait("Attack", "39")]
    [Fact]
    public void Five_thousand_invented_exporters_are_sixty_four_series_and_one()
    {
        var known = Known(Ours);
        using var counted = new Counted();
        AdmissionHealth.AddMetrics(counted.Meters, known);
        for (var i = 0U; i < 5_000; i++)
        {
            Assert.False(known.Admit(IpKey.FromV4(0x0A00_0000 + i), 9, At));
        }

        var listed = known.List();
        Assert.Equal(KnownExporters.MostNamed + 1, listed.Count);
        Assert.Equal(5_000, listed.Sum(one => one.Datagrams));
        Assert.Equal(4_936, Assert.Single(listed, one => one.Address is null).Datagrams);
        Assert.Equal(4_936, counted["weir.collecting.unlisted_datagrams{exporter=other,reason=unknown-exporter}"]);

        // Said once, whatever their number, and no longer than ten minutes after the last.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(At);
        var said = AdmissionHealth.Read(known, now);
        Assert.Equal(HealthState.Degraded, said.State);
        Assert.StartsWith("5000 datagrams or connections came from exporters that collecting.exporters does not name", said.Reason, StringComparison.Ordinal);
        Assert.Equal(ComponentHealth.Ok, AdmissionHealth.Read(known, now.AddMinutes(11)));
    }

    [Fact]
    public void A_true_exporter_is_told_by_name_though_strangers_filled_the_list_an_hour_ago()
    {
        var known = Known(Ours);
        for (var i = 0U; i < 100; i++)
        {
            _ = known.Admit(IpKey.FromV4(i), 9, At);
        }

        _ = known.Admit(Stranger, 9, At + 3_700_000);
        Assert.Contains(known.List(), one => one.Address == Stranger);
        Assert.Equal(101, known.List().Sum(one => one.Datagrams));
    }

    [Fact]
    public void A_lab_that_names_nobody_takes_all_and_elsewhere_nobody_is_taken_and_health_says_so()
    {
        var lab = new KnownExporters(isOpen: true, []);
        Assert.True(lab.Admit(Stranger, 1, At));
        Assert.False(lab.IsEmpty);

        var known = Known();
        Assert.False(known.Admit(Router, 1, At));
        Assert.Contains(
            "names no exporter, so nothing is decoded", AdmissionHealth.Read(known, DateTimeOffset.UnixEpoch).Reason,
            StringComparison.Ordinal);
    }

    /// <summary>The first datagram of a stream gives no flow that counts until the next is there, which has it read again; those that continue it do, when it has gone on
    /// for ten minutes corroborated.</summary>
    [Fact]
    public void Flows_stand_as_the_stream_of_their_datagram_does()
    {
        var decoder = new Decoder(DecodingOptions.OfFiles) { Corroborating = new() };
        var seen = new List<FlowStanding>();
        for (var i = 0U; i <= 990; i += 45)
        {
            var sink = new Kept(seen);
            decoder.Decode(Three(i / 45 * 3), Router, 2_055, At + (i * 1_000), ref sink);
        }

        Assert.Equal(
            [
                .. Enumerable.Repeat(FlowStanding.Stray, 3), .. Enumerable.Repeat(FlowStanding.Doubtful, 60),
                .. Enumerable.Repeat(FlowStanding.Corroborated, 9),
            ],
            seen);
        Assert.Equal("corroborated", decoder.List()[0].Streams!.ToWord(990_000, At + 990_000));

        var again = new Decoder(DecodingOptions.OfFiles) { Corroborating = new() { Withholds = false } };
        var all = new Kept([]);
        again.Decode(Three(0), Router, 2_055, At, ref all);
        Assert.All(all.Seen, standing => Assert.Equal(FlowStanding.Corroborated, standing));
    }

    /// <summary>NetFlow v5 of engine 1, 2 with three flows.</summary>
    private static byte[] Three(uint sequence) => V5(0, sequence, Record, Record, Record);

    private static KnownExporters Known(params KnownExporterOptions[] exporters) => new(isOpen: false, exporters);

    private static int Flows(Decoder decoder, IpKey exporter, ushort port)
    {
        var sink = new Kept([]);
        decoder.Decode(Three(0), exporter, port, At, ref sink);
        return sink.Seen.Count;
    }

    private readonly record struct Kept(List<FlowStanding> Seen) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Seen.Add(exporter.Standing);
    }
}
