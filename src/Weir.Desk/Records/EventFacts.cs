// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Records;

/// <summary>A predicate as the columns of a row hold it.</summary>
internal sealed record ClassColumns(
    byte Direction, byte Protocol, string RemotePorts, string Remotes, ushort SubjectPort, byte Trait = 0)
{
    public static ClassColumns From(FlowPredicate predicate) =>
        new(
            (byte)predicate.Direction, predicate.Protocol, string.Join(',', predicate.RemotePorts),
            string.Join(',', predicate.Remotes), predicate.SubjectPort, (byte)predicate.Trait);

    public FlowPredicate ToPredicate() => new()
    {
        Direction = (Direction)Direction,
        Protocol = Protocol,
        RemotePorts = [.. Parts(RemotePorts).Select(
            port => ushort.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture))],
        Remotes = [.. Parts(Remotes).Select(IpKey.Parse)],
        SubjectPort = SubjectPort,
        Trait = (FlowTrait)Trait,
    };

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What a journaled event says, but for its subject, which is erased apart.</summary>
internal sealed record EventFacts(
    EventPhase Phase, string Rule, int RuleVersion, ClassColumns? Class, ushort ServicePort, long FromMs, long UntilMs,
    long TriggeredMs, double Measured, double Threshold, string Unit, int WindowSeconds, uint SamplingInterval,
    string Exporter, string Detail, EventOrigin Origin = EventOrigin.Flows, uint Domain = 0, uint Interface = 0,
    EvidenceDoubt Doubt = EvidenceDoubt.None, long CorroboratedMs = 0)
{
    public static string Write(QualityEvent e) => JsonSerializer.Serialize(new EventFacts(
        e.Phase, e.Rule, e.RuleVersion, e.Class is { } named ? ClassColumns.From(named.Predicate) : null, e.ServicePort,
        e.FromMs, e.UntilMs, e.TriggeredMs, e.Measured, e.Threshold, e.Unit, e.WindowSeconds, e.SamplingInterval,
        e.Exporter.ToString(), e.Detail, e.Origin, e.Domain, e.Interface, e.Doubt, e.CorroboratedMs));

    public static QualityEvent Read(string facts, ulong number, SubjectKey subject)
    {
        var read = JsonSerializer.Deserialize<EventFacts>(facts)
            ?? throw new RecordsException("an event in the journal is empty; restore the records from a backup");
        return new QualityEvent
        {
            Number = number,
            Phase = read.Phase,
            Subject = subject,
            Rule = read.Rule,
            RuleVersion = read.RuleVersion,
            Class = read.Class is { } columns ? new TrafficClass(columns.ToPredicate()) : null,
            ServicePort = read.ServicePort,
            FromMs = read.FromMs,
            UntilMs = read.UntilMs,
            TriggeredMs = read.TriggeredMs,
            Measured = read.Measured,
            Threshold = read.Threshold,
            Unit = read.Unit,
            WindowSeconds = read.WindowSeconds,
            SamplingInterval = read.SamplingInterval,
            Exporter = IpKey.Parse(read.Exporter),
            Domain = read.Domain,
            Interface = read.Interface,
            Doubt = read.Doubt,
            CorroboratedMs = read.CorroboratedMs,
            Detail = read.Detail,
            Origin = read.Origin,
        };
    }
}
