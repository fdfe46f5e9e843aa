// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Population;

/// <summary>One subscriber line.</summary>
internal struct Subscriber
{
    /// <summary>How busy it is; the mean of ordinary lines is 1.</summary>
    public float Activity;
    public byte Community;
    public byte OtherCommunity;
    public bool V6;

    /// <summary>Owns the vendor's device, which is infected eight times as often.</summary>
    public bool Device;

    /// <summary>Fifteen households behind one address.</summary>
    public bool Nat;

    /// <summary>Index of the bot + 1; 0 = clean.</summary>
    public int Bot;
}

/// <summary>The lines of the provider: lognormal activity, 2 % NAT super-users, 3 % owners of the
/// vendor's device.</summary>
internal static class SubscriberLines
{
    public const double DeviceShare = 0.03;
    public const double NatShare = 0.02;
    private const double NatFactor = 15;

    public static Subscriber[] Draw(LabOptions options, Dice dice)
    {
        var lines = new Subscriber[options.Subscribers];
        foreach (ref var line in lines.AsSpan())
        {
            line.Activity = (float)Math.Exp(dice.Normal() - 0.5);
            line.Nat = dice.Chance(NatShare);
            if (line.Nat)
            {
                line.Activity = (float)(NatFactor * dice.Between(0.5, 1.5));
            }

            line.Device = dice.Chance(DeviceShare);
            line.Community = (byte)dice.Below(BackgroundEndpoints.Communities);
            line.OtherCommunity = (byte)dice.Below(BackgroundEndpoints.Communities);
            line.V6 = dice.Chance(options.V6);
        }

        return lines;
    }
}
