// SPDX-License-Identifier: Apache-2.0
//
// A provider on which a comparison can be judged: heavy-tailed activity, endpoints of Zipf popularity, interest
// communities, a vendor's device whose owners are infected more often, and hidden C&Cs that some of the infected share.
// Half of the infected are known. Every number is drawn in a fixed order, so that a seed gives the same data as the
// program the published table was made with.
namespace Weir.Lab;

/// <summary>What is simulated. Defaults are setting A: unsampled, one day, 200,000 users.</summary>
public sealed record DiffSimOptions
{
    public int Users { get; init; } = 200_000;

    public int Benign { get; init; } = 200_000;

    /// <summary>Infected users; about half of them are known.</summary>
    public int Infected { get; init; } = 300;

    /// <summary>Share of the other users kept as controls.</summary>
    public double ControlShare { get; init; } = 1;

    /// <summary>Share of users that are many households behind one address, 15 times as active.</summary>
    public double NatShare { get; init; }

    /// <summary>Packets are sampled one in so many; 0 is not at all.</summary>
    public int Sampling { get; init; }

    public double Days { get; init; } = 1;

    /// <summary>Packets a day that an infected user exchanges with each of its C&amp;Cs.</summary>
    public double BeaconPackets { get; init; } = 2_880;

    /// <summary>Share of users that own the vendor's device.</summary>
    public double OwnerShare { get; init; } = 0.03;

    /// <summary>How many times as often owners are infected.</summary>
    public double OwnerRisk { get; init; } = 8;

    /// <summary>Share of the infected that were so before the window.</summary>
    public double InfectedBefore { get; init; }
}

/// <summary>One user who takes part.</summary>
/// <param name="Known">Known to be infected: a case.</param>
/// <param name="Before">Infected before the window, so its onset is not seen.</param>
/// <param name="Contacts">Endpoints contacted in the window.</param>
/// <param name="Earlier">Endpoints contacted in as long a time before; simulated for the infected alone.</param>
public sealed record SimulatedUser(bool Known, bool Before, int[] Contacts, int[] Earlier);

/// <summary>The data and its truth: endpoints below <see cref="FirstVendor"/> are benign, from
/// <see cref="FirstHidden"/> on hidden C&amp;Cs.</summary>
public sealed record SimulatedProvider(
    IReadOnlyList<SimulatedUser> Users, int FirstVendor, int FirstHidden, int Endpoints);

/// <summary>Makes the provider of a seed.</summary>
public sealed class DiffSim
{
    private const int Communities = 60;
    private const int Vendors = 5;
    private const int Hidden = 20;

    private static readonly double[] HiddenShares = [0.5, 0.2, 0.1, 0.05];

    private readonly DiffSimOptions _options;
    private readonly Xoshiro _random;
    private readonly double[] _popularity;
    private readonly int[][] _tastes = new int[Communities][];
    private readonly int[] _seen;
    private int _mark;

    private DiffSim(DiffSimOptions options, ulong seed)
    {
        _options = options;
        _random = new(seed);
        _popularity = new double[options.Benign];
        _seen = new int[options.Benign + Vendors + Hidden];
    }

    public static SimulatedProvider Make(DiffSimOptions options, ulong seed) => new DiffSim(options, seed).Make();

    private SimulatedProvider Make()
    {
        DrawPopularity();
        var users = DrawUsers();
        Infect(users);
        foreach (var user in users)
        {
            user.Contacts = Browse(user);
            user.Earlier = user.Infected ? Browse(user) : [];
        }

        Beacon(users);
        for (var c = 0; c < Hidden; c++)
        {
            for (var strays = _random.Below(3); strays > 0; strays--)
            {
                AddOnce(users[_random.Below(users.Length)].Contacts, FirstHidden + c);
            }
        }

        var taking = users.Where(u => u.Known || _random.Unit() < _options.ControlShare);
        return new(
            [.. taking.Select(u => new SimulatedUser(u.Known, u.Before, [.. u.Contacts], [.. u.Earlier]))],
            _options.Benign, FirstHidden, _seen.Length);
    }

    private int FirstHidden => _options.Benign + Vendors;

    private void DrawPopularity()
    {
        var sum = 0.0;
        for (var i = 0; i < _popularity.Length; i++)
        {
            sum += 1 / (i + 3.0);
            _popularity[i] = sum;
        }

        for (var i = 0; i < _popularity.Length; i++)
        {
            _popularity[i] /= sum;
        }

        for (var c = 0; c < Communities; c++)
        {
            var taste = _tastes[c] = [.. Enumerable.Range(0, _popularity.Length)];
            for (var i = taste.Length - 1; i > 0; i--)
            {
                var j = _random.Below(i + 1);
                (taste[i], taste[j]) = (taste[j], taste[i]);
            }
        }
    }

    private User[] DrawUsers()
    {
        var users = new User[_options.Users];
        for (var u = 0; u < users.Length; u++)
        {
            var activity = Math.Exp(_random.Normal() - 0.5);
            if (_options.NatShare > 0 && _random.Unit() < _options.NatShare)
            {
                activity = 15 * (0.5 + _random.Unit());
            }

            users[u] = new()
            {
                Activity = activity,
                Owner = _random.Unit() < _options.OwnerShare,
                Home = _random.Below(Communities),
                Other = _random.Below(Communities)
            };
        }

        return users;
    }

    private void Infect(User[] users)
    {
        for (var infected = 0; infected < _options.Infected;)
        {
            var user = users[_random.Below(users.Length)];
            var risk = user.Activity * (user.Owner ? _options.OwnerRisk : 1) * (user.Home < 6 ? 3 : 1) / 40;
            if (!user.Infected && _random.Unit() < risk * (_options.NatShare > 0 ? 0.3 : 1))
            {
                user.Infected = true;
                infected++;
            }
        }
    }

    private List<int> Browse(User user)
    {
        var contacts = new List<int>();
        _mark++;
        for (var n = _random.Poisson(60 * user.Activity); n > 0; n--)
        {
            int endpoint;
            if (_random.Unit() < 0.5)
            {
                endpoint = DrawPopular();
            }
            else
            {
                var taste = _tastes[(_random.Next() & 1) == 0 ? user.Home : user.Other];
                endpoint = taste[DrawPopular()];
            }

            if (Sampled(Math.Exp(Math.Log(30) + (2 * _random.Normal()))))
            {
                AddMarked(contacts, endpoint);
            }
        }

        for (var v = 0; v < Vendors; v++)
        {
            if (_random.Unit() < (user.Owner ? 0.95 : 1e-4) && Sampled(400))
            {
                AddMarked(contacts, _options.Benign + v);
            }
        }

        return contacts;
    }

    private void Beacon(User[] users)
    {
        foreach (var user in users.Where(u => u.Infected))
        {
            user.Known = _random.Unit() < 0.5 && Sampled(_options.BeaconPackets);
            user.Before = _random.Unit() < _options.InfectedBefore;
            for (var c = 0; c < Hidden; c++)
            {
                if (_random.Unit() >= HiddenShares[c / 5])
                {
                    continue;
                }

                if (Sampled(_options.BeaconPackets))
                {
                    AddOnce(user.Contacts, FirstHidden + c);
                }

                if (user.Before && Sampled(_options.BeaconPackets))
                {
                    AddOnce(user.Earlier, FirstHidden + c);
                }
            }
        }
    }

    private bool Sampled(double packets) =>
        _options.Sampling == 0 || _random.Unit() < 1 - Math.Exp(-packets * _options.Days / _options.Sampling);

    private int DrawPopular()
    {
        var drawn = _random.Unit();
        var (low, high) = (0, _popularity.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_popularity[middle] < drawn)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void AddMarked(List<int> contacts, int endpoint)
    {
        if (_seen[endpoint] != _mark)
        {
            _seen[endpoint] = _mark;
            contacts.Add(endpoint);
        }
    }

    private static void AddOnce(List<int> contacts, int endpoint)
    {
        if (!contacts.Contains(endpoint))
        {
            contacts.Add(endpoint);
        }
    }

    private sealed class User
    {
        public double Activity { get; init; }

        public bool Owner { get; init; }

        public int Home { get; init; }

        public int Other { get; init; }

        public bool Infected { get; set; }

        public bool Known { get; set; }

        public bool Before { get; set; }

        public List<int> Contacts { get; set; } = [];

        public List<int> Earlier { get; set; } = [];
    }
}
