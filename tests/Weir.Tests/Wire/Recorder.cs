// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Tests.Wire;

/// <summary>Writes down what a decoder tells.</summary>
internal struct Recorder : IFlowVisitor
{
    public Recorder()
    {
    }

    public List<ExportHeader> Messages { get; } = [];

    public List<FlowRecord> Flows { get; } = [];

    public List<SamplingAnnouncement> Samplings { get; } = [];

    public List<(uint Domain, ushort Id, int Octets)> Unknown { get; } = [];

    public List<IgnoredReason> Ignored { get; } = [];

    public List<Malformed> Faults { get; } = [];

    public List<uint> Units { get; } = [];

    public readonly void OnMessage(in ExportHeader header) => Messages.Add(header);

    public readonly void OnFlow(in FlowRecord flow) => Flows.Add(flow);

    public readonly void OnSampling(in SamplingAnnouncement sampling) => Samplings.Add(sampling);

    public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set) =>
        Unknown.Add((domain, templateId, set.Length));

    public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => true;

    public readonly void OnIgnored(IgnoredReason what) => Ignored.Add(what);

    public readonly void OnMalformed(in Malformed fault) => Faults.Add(fault);

    public readonly void OnMessageEnd(uint sequenceUnits) => Units.Add(sequenceUnits);
}
