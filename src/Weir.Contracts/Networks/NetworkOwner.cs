// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Networks;

/// <summary>Whose network an address is in, as a file of the operator says. Of remotes alone, never of
/// subscribers.</summary>
/// <param name="Asn">Number of the autonomous system (RFC 6793) that announces it; 0 = not known.</param>
/// <param name="Name">What the file calls that system; empty = not known.</param>
/// <param name="Country">ISO 3166-1 alpha-2; empty = not known.</param>
public sealed record NetworkOwner(uint Asn = 0, string Name = "", string Country = "")
{
    public static readonly NetworkOwner Unknown = new();

    [JsonIgnore]
    public bool IsKnown => Asn != 0 || Name.Length + Country.Length > 0;

    /// <summary>What this one does not know, as another knows it.</summary>
    public NetworkOwner Or(NetworkOwner other) => new(
        Asn != 0 ? Asn : other.Asn,
        Name.Length > 0 ? Name : Asn == 0 || Asn == other.Asn ? other.Name : "",
        Country.Length > 0 ? Country : other.Country);

    /// <summary>For people: <c>AS64500 EXAMPLE, DE</c>; empty where nothing is known.</summary>
    public override string ToString()
    {
        var system = Asn == 0 ? Name
            : string.Create(CultureInfo.InvariantCulture, $"AS{Asn} {Name}").TrimEnd();
        return Country.Length == 0 ? system : system.Length == 0 ? Country : $"{system}, {Country}";
    }
}
