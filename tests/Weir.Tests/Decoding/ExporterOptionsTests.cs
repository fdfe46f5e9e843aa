// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Collecting;
using Weir.Collector.Decoding;
using Weir.Wire;

namespace Weir.Tests.Decoding;

public sealed class ExporterOptionsTests
{
    private static IpKey Key(string text) => IpKey.TryParse(text, out var key) ? key : throw new FormatException(text);

    private static Prefix Net(string text) =>
        Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    [Fact]
    public void The_longest_network_of_an_exporter_counts_and_a_named_address_wins()
    {
        var options = DecodingOptions.OfFiles with
        {
            Exporters =
            [
                new ExporterOptions { Address = Net("10.0.0.0/8"), Sampling = 100 },
                new ExporterOptions { Address = Net("10.1.0.0/16"), Sampling = 1_000, Role = ExporterRole.Border },
                new ExporterOptions { Address = Net("::/0"), Sampling = 7 },
            ],
        };

        Assert.Equal(1_000U, options.TermsOf(Key("10.1.2.3"))!.Sampling);
        Assert.Equal(100U, options.TermsOf(Key("10.2.2.3"))!.Sampling);
        Assert.Null(options.TermsOf(Key("192.0.2.1")));
        Assert.Equal(7U, options.TermsOf(Key("2001:db8::1"))!.Sampling);
        Assert.Equal(1, new ExporterState(Key("10.1.2.3"), options, 0).Role);
        Assert.Equal(0, new ExporterState(Key("10.2.2.3"), options, 0).Role);
    }

    [Fact]
    public void What_is_malformed_reaches_the_log_with_its_exporter()
    {
        var faults = new FaultLog(TimeProvider.System, NullLogger<FaultLog>.Instance);
        var decoder = new Decoder(DecodingOptions.OfFiles, faults);
        var sink = default(NullFlowSink);

        decoder.Decode([0, 9, 0, 1], Key("192.0.2.1"), 2055, 0, ref sink);

        var (exporter, _, times) = Assert.Single(faults.Counts);
        Assert.Equal(Key("192.0.2.1"), exporter);
        Assert.Equal(1, times);
    }

    private struct NullFlowSink : IFlowSink
    {
        public readonly void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
        }
    }
}
