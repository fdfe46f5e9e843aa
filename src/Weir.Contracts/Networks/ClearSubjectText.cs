// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>A subject as the lab profile writes it: an IPv4 address, or an IPv6 prefix with its length.</summary>
public static class ClearSubjectText
{
    public static string Write(SubjectKey subject, NetworkTable networks)
    {
        var address = new IpKey(subject.Pseudonym);
        return address.IsV4 || networks.Find(address) is not { } network
            ? address.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{address}/{network.SubjectLength}");
    }
}
