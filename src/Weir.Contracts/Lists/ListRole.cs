// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Lists;

/// <summary>What a list's entry means. Ordered: where several match, the smaller decides, but
/// <see cref="Allow"/> wins over all.</summary>
public enum ListRole : byte
{
    /// <summary>Command and control: makes sightings and cases, and alone may be blocked.</summary>
    C2,

    /// <summary>A C&amp;C taken over by defenders: makes sightings and cases.</summary>
    Sinkhole,

    /// <summary>Attacks from there are known; informs, no more.</summary>
    Attacker,

    /// <summary>Space nobody should use; informs, no more.</summary>
    Bogon,

    /// <summary>Never a sighting, whatever any list says, and for what was found before too.</summary>
    Allow,
}
