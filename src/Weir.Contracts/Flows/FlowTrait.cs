// SPDX-License-Identifier: Apache-2.0
//
// A class that leaves the far end open would hold whatever else the line does on the same port: a scan of tcp/443
// opened every web visit. So such a class carries a trait, and a flow has to show it by itself, in its own record
// (rules.md R22). What a record cannot show it does not show: one packet in a thousand of an answered connection looks
// like an attempt, and so does one direction of UDP where routers tell the directions apart.
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>What a flow itself has to show where a class may leave the far end open (rules.md R22).</summary>
public enum FlowTrait : byte
{
    /// <summary>Nothing: the class names a far end, or opens no scope.</summary>
    None,

    /// <summary>An attempt that was not answered, or reset.</summary>
    Unanswered,

    /// <summary>A SYN without an ACK, alone.</summary>
    BareSyn,

    /// <summary>From or to a port of mail, the provider's relays aside.</summary>
    Mail,

    /// <summary>From the port of the service that answers.</summary>
    FromService,
}

/// <summary>Traits by their words, and which flows show them.</summary>
public static class FlowTraitNames
{
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Psh = 0x08;
    private const byte Ack = 0x10;
    private const byte Control = 0x3F;

    private static readonly string[] Words = ["none", "unanswered", "bare-syn", "mail", "from-service"];

    /// <summary>The word of a trait.</summary>
    public static string ToName(FlowTrait trait) => Words[(int)trait];

    /// <summary>The trait of a word; false where there is none of it.</summary>
    public static bool TryParse(string word, out FlowTrait trait)
    {
        var at = Array.IndexOf(Words, word);
        trait = (FlowTrait)Math.Max(0, at);
        return at >= 0;
    }

    /// <summary>Whether a flow shows a trait of itself. Which port a service has, and which are those of mail, the
    /// class says.</summary>
    public static bool IsShownBy(in Flow flow, FlowTrait trait) => trait switch
    {
        FlowTrait.Unanswered => IsUnanswered(flow),
        FlowTrait.BareSyn =>
            flow.Protocol == Protocols.Tcp && flow.FlagsKnown && (flow.FlagsOut & Control) == Syn,
        FlowTrait.Mail => flow.Opener != FlowInitiator.Remote,
        _ => true,
    };

    /// <summary>TCP: a SYN and no ACK, of which nobody took the connection. UDP: told with both directions, and the
    /// other one is empty, or it was not forwarded. A sampled record shows neither.</summary>
    private static bool IsUnanswered(in Flow flow) =>
        flow.SamplingInterval <= 1 && flow.PacketsOut > 0 && flow.Opener != FlowInitiator.Remote
        && (flow.Protocol == Protocols.Tcp
            ? flow.FlagsKnown && (flow.FlagsOut & (Fin | Syn | Psh | Ack)) == Syn
                && (flow.FlagsIn & (Fin | Syn | Psh)) == 0
            : flow.Is(FlowTraits.Dropped) || (flow.Is(FlowTraits.Biflow) && flow.PacketsIn == 0));
}
