// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Tests.Wire;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

public sealed class TemplateFileTests : IDisposable
{
    private const long Now = ExportedAt * 1000L;
    private static readonly IpKey _router = IpKey.Parse("2001:db8::1");
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_learnt_outlives_a_restart()
    {
        var file = new TemplateFile(_path);
        file.Save(Taught().Snapshot());
        Assert.True(file.TryLoad(out var saved, out var fault), fault);

        var next = new Decoder(DecodingOptions.OfFiles);
        next.Restore(saved, static _ => true);
        var sink = new RecordingFlowSink([]);
        next.Decode(Ipfix(Set(256, Ip("10.0.0.1"), Ip("192.0.2.7"), U8(1, 9), U32(10, 20))), _router, 1, Now, ref sink);
        var flow = Assert.Single(sink.Flows);
        Assert.Equal((100U, Now - 1_000 + 10), (flow.SamplingInterval, flow.StartMs));
    }

    /// <summary>Two templates with a rate of their own each, which do not agree: without knowing whose is whose, nobody
    /// could tell.</summary>
    [Fact]
    public void A_template_s_own_rate_outlives_a_restart()
    {
        const string Flow = "8/4 12/4 2/4";
        var before = new Decoder(DecodingOptions.OfFiles);
        var sink = new RecordingFlowSink([]);
        before.Decode(
            Ipfix(
                Set(2, Template(256, Flow), Template(258, Flow)), Set(3, U16(257, 2, 1), Fields("145/2"), Fields("34/4")),
                Set(257, Hex("0100 00000064 0102 000003E8"))),
            _router, 1, Now, ref sink);
        var file = new TemplateFile(_path);
        file.Save(before.Snapshot());
        Assert.True(file.TryLoad(out var saved, out var fault), fault);

        var next = new Decoder(DecodingOptions.OfFiles);
        next.Restore(saved, static _ => true);
        var record = Join(Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10));
        next.Decode(Ipfix(Set(256, record), Set(258, record)), _router, 1, Now, ref sink);
        Assert.Equal([100U, 1_000U], sink.Flows.Select(static flow => flow.SamplingInterval));
    }

    [Fact]
    public void A_lane_takes_up_only_its_own_exporters()
    {
        var next = new Decoder(DecodingOptions.OfFiles);
        next.Restore(Taught().Snapshot(), static address => address.IsV4);
        Assert.Empty(next.List());
    }

    [Fact]
    public void No_file_is_no_fault() =>
        Assert.True(new TemplateFile(_path).TryLoad(out var saved, out _) && saved.Count == 0);

    [Fact]
    public void A_file_torn_anywhere_is_refused_whole()
    {
        new TemplateFile(_path).Save(Taught().Snapshot());
        var whole = File.ReadAllBytes(_path);
        var file = new TemplateFile(_path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.False(file.TryLoad(out var saved, out _));
            Assert.Empty(saved);
        }

        Assert.Equal(whole.Length, file.Refused);
    }

    [Fact]
    public void A_changed_or_foreign_file_is_refused_with_its_place()
    {
        var file = new TemplateFile(_path);
        file.Save(Taught().Snapshot());
        var octets = File.ReadAllBytes(_path);
        octets[30] ^= 1;
        File.WriteAllBytes(_path, octets);
        Assert.False(file.TryLoad(out _, out var fault));
        Assert.StartsWith(_path, fault, StringComparison.Ordinal);
        File.WriteAllText(
            _path,
            "templates of another program, and long enough to be one of ours if only it were written like that\n");
        Assert.False(file.TryLoad(out _, out _));
        Assert.Equal(2, file.Refused);
    }

    [Fact]
    public void Templates_are_listed_with_their_fields_and_age()
    {
        var listed = Taught().ListTemplates().Single(static one => !one.Template.IsOptions);
        Assert.Equal((_router, 5, Now), (listed.Exporter, listed.Template.Fields.Count, listed.Template.LearntAtMs));
    }

    private static Decoder Taught()
    {
        var decoder = new Decoder(DecodingOptions.OfFiles);
        var sink = new RecordingFlowSink([]);
        decoder.Decode(
            Ipfix(
                Set(2, Template(256, "8/4 12/4 371/65535 22/4 21/4")),
                Set(3, U16(257, 3, 1, 149, 4, 34, 4, 160, 8)),
                Set(257, U32(7, 100), U64((ulong)Now - 1_000))),
            _router,
            1,
            Now,
            ref sink);
        return decoder;
    }

    private readonly record struct RecordingFlowSink(List<FlowRecord> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Flows.Add(flow);
    }
}
