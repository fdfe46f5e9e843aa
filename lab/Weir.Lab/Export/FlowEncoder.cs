// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>How an exporter tells its flows.</summary>
public sealed record EncoderOptions
{
    /// <summary>Largest UDP payload in octets. Default 1,400.</summary>
    public int DatagramOctets { get; init; } = 1_400;

    /// <summary>Templates and sampling are told again every so many datagrams. Default 64.</summary>
    public int TemplateEvery { get; init; } = 64;

    /// <summary>One packet in so many was looked at; 1 = all.</summary>
    public uint SamplingInterval { get; init; } = 1;

    /// <summary>A datagram that is not full leaves after so many milliseconds of the exporter's clock.
    /// Default 1,000.</summary>
    public int LingerMs { get; init; } = 1_000;
}

/// <summary>Turns flow records into export datagrams of one exporter. Records must come in order of time.</summary>
public abstract class FlowEncoder(Exporter exporter, EncoderOptions options, IDatagramSink sink)
{
    private readonly List<Page> _pages = [];

    protected Exporter Exporter { get; } = exporter;

    protected EncoderOptions Options { get; } = options;

    /// <summary>Datagrams sent, templates included.</summary>
    public long Datagrams { get; private set; }

    /// <summary>Flow records (sFlow: packet samples) sent.</summary>
    public long Flows { get; private set; }

    /// <summary>Records sent that describe no flow but count in the sequence: IPFIX's of the sampling options.</summary>
    public long OptionsRecords { get; protected set; }

    public long Octets { get; private set; }

    /// <summary>Records the protocol cannot tell: IPv6 in NetFlow v5.</summary>
    public long Untellable { get; protected set; }

    /// <summary>Adds one record; <paramref name="nowMs"/> is the exporter's clock and never runs backwards.</summary>
    public abstract void Add(in FlowRecord flow, long nowMs);

    public static FlowEncoder For(
        ExportProtocol protocol, Exporter exporter, EncoderOptions options, IDatagramSink sink) =>
        protocol switch
        {
            ExportProtocol.NetFlow5 => new NetFlow5Encoder(exporter, options, sink),
            ExportProtocol.NetFlow9 => new NetFlow9Encoder(exporter, options, sink),
            ExportProtocol.Ipfix => new IpfixEncoder(exporter, options, sink),
            ExportProtocol.SFlow5 => new SFlow5Encoder(exporter, options, sink),
            _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "no encoder"),
        };

    /// <summary>Sends what waits.</summary>
    public void Flush(long nowMs)
    {
        foreach (var page in _pages)
        {
            Close(page, nowMs);
        }
    }

    /// <summary>Sends the pages that have waited for longer than the linger time.</summary>
    public void FlushStale(long nowMs)
    {
        foreach (var page in _pages)
        {
            if (page.Records > 0 && nowMs - page.FirstMs >= Options.LingerMs)
            {
                Close(page, nowMs);
            }
        }
    }

    /// <summary>Finishes the headers of a page and hands it to <see cref="Send"/>.</summary>
    private protected abstract void Seal(Page page, long nowMs);

    private protected Page NewPage(int headerOctets, ushort template)
    {
        var page = new Page(Options.DatagramOctets, headerOctets, template);
        _pages.Add(page);
        return page;
    }

    /// <summary>Room for one record of <paramref name="octets"/>; sends the page first where it is
    /// full or stale.</summary>
    private protected Span<byte> Room(Page page, int octets, int reserve, int mostRecords, long nowMs)
    {
        if (page.Records > 0
            && (page.At + octets + reserve > page.Octets.Length
                || page.Records >= mostRecords || nowMs - page.FirstMs >= Options.LingerMs))
        {
            Close(page, nowMs);
        }

        if (page.Records++ == 0)
        {
            page.FirstMs = nowMs;
        }

        var room = page.Octets.AsSpan(page.At, octets);
        page.At += octets;
        return room;
    }

    private protected void Send(ReadOnlySpan<byte> payload, int flows, long nowMs)
    {
        Datagrams++;
        Flows += flows;
        Octets += payload.Length;
        sink.Send(Exporter, nowMs, payload);
    }

    private void Close(Page page, long nowMs)
    {
        if (page.Records > 0)
        {
            Seal(page, nowMs);
            page.Records = 0;
            page.At = page.HeaderOctets;
        }
    }

    /// <summary>A datagram being filled with records of one template.</summary>
    private protected sealed class Page(int octets, int headerOctets, ushort template)
    {
        public byte[] Octets { get; } = new byte[octets];

        public int HeaderOctets { get; } = headerOctets;

        public ushort Template { get; } = template;

        public int At { get; set; } = headerOctets;

        public int Records { get; set; }

        public long FirstMs { get; set; }
    }
}
