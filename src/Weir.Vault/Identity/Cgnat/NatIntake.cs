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
            var creates = told.Kind is 1 or 4 or 6 or 8 or 12 or 14;
            var deletes = told.Kind is 2 or 5 or 7 or 9 or 13 or 15;
            if (!creates && !deletes)
            {
                counters.Ignored++;
                return;
            }

            // An address bound whole (12, 13) has all ports; a block with gaps between its ports cannot be kept as one.
            var (from, to) = told.Kind is 12 or 13 ? ((ushort)0, ushort.MaxValue) : (told.PortFrom, told.PortTo);
            if (told.Inside == default || told.Outside == default || to < from || to == 0 || told.PortStep != 1)
            {
                counters.Malformed++;
                return;
            }

            book.Handle(new PortBlockEvent(told.Outside, from, to, told.Inside, null, deletes, told.AtMs
                - (told.AtMs % told.GrainMs), told.GrainMs), arrivedAtMs, live: true);
        }

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
