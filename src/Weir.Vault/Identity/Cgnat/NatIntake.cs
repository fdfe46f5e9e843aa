// SPDX-License-Identifier: Apache-2.0
//
// Translators that log over IPFIX or NetFlow v9. Each exporter has templates of its own; how many exporters are
// listened to is bounded, and an exporter must be named where names are given.
//
// Standards: RFC 8158.
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Vault.Identity.Cgnat;

/// <summary>Turns export messages into port-block events. One thread.</summary>
internal sealed class NatIntake(PortBlockTracker book, RecordCounters counters, IReadOnlyList<Prefix> exporters)
{
    private const int MaxExporters = 1_024;

    /// <summary>natEvent: an address is bound; the number behind ends it (IANA, RFC 8158).</summary>
    private const byte AddressBinding = 14;

    /// <summary>Ports of one block that lie apart.</summary>
    private const int MaxScattered = 4_096;
    private const long TemplateLifetimeMs = 7_200_000;

    private readonly Dictionary<IpKey, TemplateTable> _templates = [];

    public void Handle(ReadOnlySpan<byte> datagram, IpKey exporter, long arrivedAtMs)
    {
        if (exporters.Count > 0 && !exporters.Any(e => e.Contains(exporter)))
        {
            counters.Received++;
            counters.Ignored++;
            return;
        }

        if (!_templates.TryGetValue(exporter, out var templates))
        {
            if (_templates.Count >= MaxExporters)
            {
                counters.Received++;
                counters.Refused++;
                return;
            }

            _templates[exporter] = templates = new TemplateTable(TemplateLifetimeMs);
        }

        templates.ArrivedAtMs = arrivedAtMs;
        var visitor = new Visitor(book, counters, arrivedAtMs);
        _ = NatEvents.Read(datagram, templates, ref visitor);
    }

    private readonly struct Visitor(PortBlockTracker book, RecordCounters counters, long arrivedAtMs) : INatVisitor
    {
        public void OnNatEvent(in NatEvent told)
        {
            counters.Received++;
            if (!told.Creates && !told.Deletes)
            {
                counters.Ignored++;
                return;
            }

            // An address bound whole has all ports. Older boxes send the same numbers for a block, with its range.
            var isWhole = told.Kind is AddressBinding or AddressBinding + 1 && told is { HasRange: false, PortTo: 0 };
            var (from, to) = isWhole ? ((ushort)0, ushort.MaxValue) : (told.PortFrom, told.PortTo);
            if (told.Inside == default || told.Outside == default || to < from || to == 0
                || (told.PortStep > 1 && (to - from) / told.PortStep >= MaxScattered))
            {
                counters.Malformed++;
                return;
            }

            if (told.PortStep <= 1)
            {
                Block(in told, from, to);
                return;
            }

            // Ports that lie apart are a block each; the record counts once.
            counters.Received += (to - from) / told.PortStep;
            for (int port = from; port <= to; port += told.PortStep)
            {
                Block(in told, (ushort)port, (ushort)port);
            }
        }

        private void Block(in NatEvent told, ushort from, ushort to) => book.Handle(
            new PortBlockEvent(
                told.Outside, from, to, told.Inside, null, told.Deletes, told.AtMs - (told.AtMs % told.GrainMs),
                told.GrainMs, told.Protocol),
            arrivedAtMs, live: true);

        public void OnOtherRecord()
        {
            counters.Received++;
            counters.Ignored++;
        }

        public void OnTemplateUnknown(uint domain, ushort templateId, int octets)
        {
            counters.Received++;
            counters.Ignored++;
        }

        public void OnMalformed(in Malformed fault)
        {
            counters.Received++;
            counters.Malformed++;
        }
    }
}
